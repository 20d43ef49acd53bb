// What Freshet's client answers has the type that a client with an empty extension answers, for every operation.
import { PrismaClient } from '#client'
import type { Prisma } from '#client'
import { hasType, sameAnswer } from './equal.js'
import type { Equal } from './equal.js'
import { freshet } from './freshet.js'

declare const adapter: never
declare const where: Prisma.UserWhereInput
declare const ready: Prisma.UserFindManyArgs
const plain = new PrismaClient({ adapter, omit: { user: { password: true } } }).$extends({})
const cached = new PrismaClient({ adapter, omit: { user: { password: true } } }).$extends(freshet({}))

// reads, with and without `cache`
sameAnswer(cached.user.findMany(), plain.user.findMany())
sameAnswer(cached.user.findMany({ cache: true }), plain.user.findMany())
sameAnswer(
  cached.user.findMany({ where, orderBy: { id: 'desc' }, cache: { ttl: '10s' } }),
  plain.user.findMany({ where }),
)
sameAnswer(
  cached.user.findMany({
    select: { id: true, posts: { select: { title: true } } },
    orderBy: { id: 'asc' },
    cache: false,
  }),
  plain.user.findMany({ select: { id: true, posts: { select: { title: true } } } }),
)
sameAnswer(
  cached.post.findMany({
    include: { author: { include: { profile: true } }, tags: true },
    cache: { tags: ['front'] },
  }),
  plain.post.findMany({ include: { author: { include: { profile: true } }, tags: true } }),
)
sameAnswer(
  cached.post.findMany({ include: { _count: { select: { tags: true } } }, cache: true }),
  plain.post.findMany({ include: { _count: { select: { tags: true } } } }),
)
sameAnswer(
  cached.user.findMany({ omit: { email: true }, cache: true }),
  plain.user.findMany({ omit: { email: true } }),
)
sameAnswer(
  cached.user.findUnique({ where: { id: 1 }, cache: true }),
  plain.user.findUnique({ where: { id: 1 } }),
)
sameAnswer(
  cached.user.findUniqueOrThrow({ where: { email: 'a' }, cache: true }),
  plain.user.findUniqueOrThrow({ where: { email: 'a' } }),
)
sameAnswer(cached.user.findFirst({ cache: {} }), plain.user.findFirst())
sameAnswer(cached.user.findFirstOrThrow({ cache: {} }), plain.user.findFirstOrThrow())
sameAnswer(cached.user.count({ cache: true }), plain.user.count())
sameAnswer(cached.user.count(), plain.user.count())
sameAnswer(
  cached.user.aggregate({ _count: true, _max: { createdAt: true }, cache: true }),
  plain.user.aggregate({ _count: true, _max: { createdAt: true } }),
)

// the option `omit` of the client is kept, and a call can take it back
const [row] = await cached.user.findMany({ cache: true })
// @ts-expect-error the client omits it
row?.password
hasType<string>()((await cached.user.findFirstOrThrow({ omit: { password: false }, cache: true })).password)
hasType<string>()((await cached.user.findFirstOrThrow({ select: { password: true }, cache: true })).password)
const post = await cached.post.findFirstOrThrow({ include: { author: true }, cache: true })
hasType<string | undefined>()(post.author?.email)
// @ts-expect-error the client omits it in relations too
post.author?.password

// groupBy and counts by field
const [group] = await cached.user.groupBy({
  by: ['name'],
  _count: { _all: true },
  _sum: { balance: true },
  cache: true,
})
hasType<string | null | undefined>()(group?.name)
hasType<number | undefined>()(group?._count._all)
// @ts-expect-error not in `by`
group?.email
const [byOne] = await cached.post.groupBy({ by: 'authorId', _max: { views: true }, cache: { ttl: 5 } })
hasType<number | null | undefined>()(byOne?.authorId)
hasType<number | null | undefined>()(byOne?._max.views)
const counts = await cached.user.count({ select: { _all: true, name: true }, cache: true })
hasType<number>()(counts._all + counts.name)

// ready-made arguments
sameAnswer(cached.user.findMany(ready), plain.user.findMany(ready))
sameAnswer(cached.user.findMany({ ...ready, cache: true }), plain.user.findMany({ ...ready }))
const active = { where: { name: 'a' }, select: { email: true } } satisfies Prisma.UserFindManyArgs
sameAnswer(cached.user.findMany(active), plain.user.findMany(active))
sameAnswer(cached.user.findMany({ ...active, cache: { ttl: '1m' } }), plain.user.findMany(active))
const include = { posts: { include: { tags: true } } } satisfies Prisma.UserInclude
sameAnswer(cached.user.findMany({ include, cache: true }), plain.user.findMany({ include }))

// fluent relations
sameAnswer(
  cached.user.findUnique({ where: { id: 1 }, cache: true }).posts({ where: { views: 3 } }),
  plain.user.findUnique({ where: { id: 1 } }).posts({ where: { views: 3 } }),
)
sameAnswer(
  cached.post.findUniqueOrThrow({ where: { id: 1 }, cache: { ttl: 5 } }).author(),
  plain.post.findUniqueOrThrow({ where: { id: 1 } }).author(),
)
sameAnswer(
  cached.post
    .findFirst({ cache: true })
    .author()
    .profile({ select: { bio: true } }),
  plain.post
    .findFirst()
    .author()
    .profile({ select: { bio: true } }),
)
sameAnswer(
  cached.post
    .findUniqueOrThrow({ where: { id: 1 }, cache: true })
    .author()
    .posts(),
  plain.post
    .findUniqueOrThrow({ where: { id: 1 } })
    .author()
    .posts(),
)
sameAnswer(
  cached.profile
    .findUniqueOrThrow({ where: { id: 1 }, cache: true })
    .user()
    .posts({ select: { id: true } }),
  plain.profile
    .findUniqueOrThrow({ where: { id: 1 } })
    .user()
    .posts({ select: { id: true } }),
)
// @ts-expect-error no such relation
void cached.user.findUnique({ where: { id: 1 }, cache: true }).post

// writes
sameAnswer(
  cached.user.create({
    data: { email: 'a', password: 'b', posts: { create: { title: 'c' } } },
    include: { posts: true },
  }),
  plain.user.create({
    data: { email: 'a', password: 'b', posts: { create: { title: 'c' } } },
    include: { posts: true },
  }),
)
sameAnswer(cached.user.deleteMany(), plain.user.deleteMany())
sameAnswer(
  cached.post.upsert({ where: { id: 1 }, create: { title: 'a' }, update: {} }),
  plain.post.upsert({ where: { id: 1 }, create: { title: 'a' }, update: {} }),
)
sameAnswer(
  cached.post.updateManyAndReturn({ data: { views: 1 } }),
  plain.post.updateManyAndReturn({ data: { views: 1 } }),
)
sameAnswer(cached.$queryRaw<{ id: number }[]>`select 1`, plain.$queryRaw<{ id: number }[]>`select 1`)
sameAnswer(cached.$executeRawUnsafe('select 1'), plain.$executeRawUnsafe('select 1'))

// everything else on a model and on a client
const sameFields: Equal<typeof cached.user.fields, typeof plain.user.fields> = true
const sameKeys: Equal<
  Exclude<keyof typeof cached, '$cached' | '$cacheInfo' | '$cache'>,
  keyof typeof plain
> = true
const sameModelKeys: Equal<
  Exclude<keyof typeof cached.user, 'invalidateCache'>,
  keyof typeof plain.user
> = true
export { sameFields, sameKeys, sameModelKeys }
