/** Values such as Prisma returns them, the same on every run. */

export function flatRow(id: number): object {
  return {
    id,
    email: `person${id}@example.com`,
    name: `Person number ${id}`,
    active: id % 2 === 0,
    role: 'ADMIN',
    score: id * 1.25,
    bio: null,
    version: 3,
  }
}

export function row(id: number): object {
  return { ...flatRow(id), version: new Date(1_700_000_000_000 + id) }
}

function post(id: number): object {
  return {
    id,
    title: `The title of post ${id}`,
    body: `Some words that are the body of post ${id}, long enough to look like one.`,
    published: true,
    createdAt: new Date(1_700_000_000_000 + id),
    authorId: id,
  }
}

/** Rows of 8 columns, each with one row of 6 columns included. */
export function relationRows(count: number): object[] {
  return Array.from({ length: count }, (_, id) => ({ ...row(id), post: post(id) }))
}

/** One post and one author each. */
export function entities(count: number): object[] {
  return Array.from({ length: count }, (_, id) => ({ ...post(id), author: row(id) }))
}
