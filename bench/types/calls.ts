import type { Relation } from './schema.js'

/** Which of Freshet's faces the made calls use. */
export type CallStyle = 'plain' | 'cache-argument' | 'client-level'

/**
 * Writes eight calls per model, as the text of functions over a client `db` and its `Prisma` namespace: what an
 * application does with them.
 *
 * `plain` uses nothing of Freshet's, so that every candidate checks the same text; `cache-argument` adds `cache` to
 * five of the six reads (the sixth takes ready-made arguments); `client-level` sends the reads through `$cached`.
 */
export function makeCalls(models: number, relations: readonly Relation[], style: CallStyle): string {
  return Array.from({ length: models }, (_, index) => callsOf(index, relations, style)).join('\n')
}

function callsOf(index: number, relations: readonly Relation[], style: CallStyle): string {
  const cache = style === 'cache-argument' ? `, cache: { ttl: '10s', tags: ['M${index}'] }` : ''
  const reads = style === 'client-level' ? `db.$cached({ ttl: '10s' }).m${index}` : `db.m${index}`
  const child = relations.find(({ parent }) => parent === index)?.child
  const include = child === undefined ? '' : `, include: { m${child}s: { where: { m${index}Id: 1 } } }`
  const parents = relations
    .filter((relation) => relation.child === index)
    .map(({ parent }) => `, m${parent}Id: 1`)
  return `
export async function use${index}(given: Prisma.M${index}FindManyArgs) {
  const list = await ${reads}.findMany({ where: { title: { contains: 'a' }, status: 'ACTIVE' }${include}, take: 10${cache} })
  const one = await ${reads}.findUnique({ where: { id: 1 }, select: { id: true, title: true, price: true }${cache} })
  const first = await ${reads}.findFirst({ where: { OR: [{ slug: 'a' }, { views: { gt: 3 } }] }, orderBy: { createdAt: 'desc' }${cache} })
  const total: number = await ${reads}.count({ where: { views: { gte: 1 } }${cache} })
  const sums = await ${reads}.aggregate({ _sum: { views: true }, where: { status: 'CLOSED' }${cache} })
  const free = await ${reads}.findMany(given)
  const made = await db.m${index}.create({ data: { slug: 'a', title: 'b'${parents.join('')} } })
  const changed = await db.m${index}.updateMany({ where: { id: { in: [1, 2] } }, data: { views: { increment: 1 } } })
  return [list[0]?.title, one?.price, first?.slug, total, sums._sum.views, free.length, made.id, changed.count] as const
}`
}
