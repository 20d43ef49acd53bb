import type { DataSource } from 'typeorm'

/** A few rows of every table, so that reads meet some from the start. */
export async function seedRows({ manager }: DataSource): Promise<void> {
  const at = (length: number) => Array.from({ length }, (_, index) => index)
  const codes = ['x', 'y', 'z']
  const texts = ['a', 'b', 'c', 'd']
  await manager.insert(
    'Club',
    codes.map((code) => ({ code, title: 'a' })),
  )
  await manager.insert(
    'Person',
    at(4).map((n) => ({ email: texts[n], nick: texts[n % 2], age: n % 3, clubCode: codes[n % 2] })),
  )
  await manager.insert(
    'Post',
    at(4).map((n) => ({
      slug: texts[n],
      title: texts[n % 2],
      score: n % 3,
      authorId: 1 + (n % 3),
      reviewerId: 1 + (n % 2),
    })),
  )
  await manager.insert(
    'Comment',
    at(5).map((n) => ({ text: texts[n % 3], mark: n % 2, postId: 1 + (n % 3) })),
  )
  await manager.insert(
    'Label',
    at(4).map((n) => ({ text: texts[n % 2] })),
  )
  await manager.insert(
    'Membership',
    at(4).map((n) => ({ personId: 1 + (n % 3), team: texts[n % 2], role: 'a' })),
  )
  await manager.insert(
    'Article',
    at(2).map((n) => ({ title: texts[n], words: n })),
  )
  for (const post of [1, 2])
    await manager
      .createQueryBuilder()
      .relation('Post', 'labels')
      .of(post)
      .add([1, post + 1])
}
