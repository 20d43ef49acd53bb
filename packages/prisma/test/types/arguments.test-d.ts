// What `cache` takes, where it is taken, and that nothing else became laxer.
import { PrismaClient } from '#client'
import { freshet } from './freshet.js'

declare const adapter: never
const prisma = new PrismaClient({ adapter }).$extends(freshet({}))

void prisma.user.findMany({ cache: true })
void prisma.user.findMany({ cache: false })
void prisma.user.findMany({ cache: undefined })
void prisma.user.findMany({ cache: { ttl: '10s', negativeTtl: 500, tags: ['front'], scope: 'tenant-7' } })
const tags: readonly string[] = ['front']
const options = { ttl: 5, tags } as const
void prisma.user.findUniqueOrThrow({ where: { id: 1 }, cache: options })

// @ts-expect-error no such option
void prisma.user.findMany({ cache: { tl: 5 } })
// @ts-expect-error a duration is a number or a string
void prisma.user.findMany({ cache: { ttl: true } })
// @ts-expect-error tags are strings
void prisma.user.findMany({ cache: { tags: [1] } })
// @ts-expect-error not an option
void prisma.user.findMany({ cache: 5 })
// @ts-expect-error not an option
void prisma.user.findUnique({ where: { id: 1 }, cache: 'yes' })
// @ts-expect-error not an option
void prisma.user.groupBy({ by: ['name'], cache: 1 })

// @ts-expect-error a write takes none
void prisma.user.create({ data: { email: 'a', password: 'b' }, cache: true })
// @ts-expect-error a write takes none
void prisma.user.update({ where: { id: 1 }, data: {}, cache: { ttl: 5 } })
// @ts-expect-error a write takes none
void prisma.user.deleteMany({ cache: true })
// @ts-expect-error a write takes none
void prisma.user.upsert({ where: { id: 1 }, create: { email: 'a', password: 'b' }, update: {}, cache: true })
// @ts-expect-error not below the top
void prisma.user.findMany({ include: { posts: { cache: true } } })

// @ts-expect-error typo at the top
void prisma.user.findMany({ whre: {}, cache: true })
// @ts-expect-error typo in a filter
void prisma.user.findMany({ where: { nme: 'a' }, cache: true })
// @ts-expect-error typo in a filter through a relation
void prisma.user.findMany({ where: { posts: { some: { titel: 'a' } } }, cache: true })
// @ts-expect-error typo in a nested selection
void prisma.user.findMany({ select: { posts: { select: { titel: true } } }, cache: true })
// @ts-expect-error typo in a nested filter
void prisma.user.findMany({ include: { posts: { where: { titel: 'a' } } }, cache: true })
// @ts-expect-error no such field to group by
void prisma.user.groupBy({ by: ['nme'], cache: true })
// @ts-expect-error `by` is missing
void prisma.user.groupBy({ cache: true })
// @ts-expect-error `where` is missing
void prisma.user.findUnique({ cache: true })
// @ts-expect-error arguments are missing
void prisma.user.findUnique()
// @ts-expect-error not a unique field
void prisma.user.findUnique({ where: { name: 'a' }, cache: true })
// @ts-expect-error a string is no number
void prisma.post.findMany({ where: { views: 'a' }, cache: true })
// @ts-expect-error typo in the arguments of a fluent relation
void prisma.user.findUnique({ where: { id: 1 }, cache: true }).posts({ where: { titel: 'a' } })

await prisma.user.invalidateCache()
await prisma.user.invalidateCache({ where: { id: 7 } })
await prisma.post.invalidateCache({ where: { authorId: { in: [1, 2] } } })
// @ts-expect-error no such field
await prisma.user.invalidateCache({ where: { views: 7 } })
// @ts-expect-error no such option
await prisma.user.invalidateCache({ were: { id: 7 } })
