// $cached, $cacheInfo, $cache, transactions, other extensions, and classes.
import type { Cache } from '@freshet/core'
import { PrismaClient } from '#client'
import type { Prisma } from '#client'
import { hasType, sameAnswer } from './equal.js'
import type { Equal } from './equal.js'
import { freshet } from './freshet.js'
import type { CacheInfo } from '../../src/types/index.js'

declare const adapter: never
const plain = new PrismaClient({ adapter }).$extends({})
const prisma = new PrismaClient({ adapter }).$extends(freshet({}))

// $cached is the same client
const short = prisma.$cached({ ttl: '1m', tags: ['front'] })
const sameClient: Equal<typeof short, typeof prisma> = true
sameAnswer(
  short.user.findMany({ include: { posts: true } }),
  plain.user.findMany({ include: { posts: true } }),
)
// @ts-expect-error no such option
prisma.$cached({ tll: 5 })

// $cacheInfo
const { data, info } = await prisma.$cacheInfo(prisma.user.findMany({ select: { id: true } }))
hasType<{ id: number }[]>()(data)
hasType<CacheInfo>()(info)
const one = await prisma.$cacheInfo(prisma.user.findUnique({ where: { id: 1 }, select: { id: true } }))
hasType<{ id: number } | null>()(one.data)
const posts = await prisma.$cacheInfo(
  prisma.user.findUniqueOrThrow({ where: { id: 1 } }).posts({ select: { id: true } }),
)
hasType<{ id: number }[]>()(posts.data)
// @ts-expect-error only calls of a client
void prisma.$cacheInfo(Promise.resolve(1))
hasType<Cache>()(prisma.$cache)

// transactions
const [total, first] = await prisma.$transaction([
  prisma.user.count(),
  prisma.user.findFirst({ select: { id: true } }),
])
hasType<number>()(total)
hasType<{ id: number } | null>()(first)
const inside = await prisma.$transaction(
  async (tx) => {
    await tx.user.update({ where: { id: 1 }, data: { name: 'b' } })
    await helper(tx)
    // @ts-expect-error as in Prisma, a transaction cannot be extended
    void tx.$extends
    return tx.user.findMany({ select: { email: true }, cache: true })
  },
  { isolationLevel: 'Serializable', timeout: 100 },
)
hasType<{ email: string }[]>()(inside)
async function helper(tx: Parameters<Parameters<typeof prisma.$transaction>[0]>[0]): Promise<void> {
  await tx.post.findMany({ cache: { ttl: 5 } })
  await tx.$cached({ ttl: 5 }).post.findMany()
}
// @ts-expect-error not an isolation level
void prisma.$transaction([], { isolationLevel: 'None' })

// the utility types
type Row = Prisma.Result<typeof prisma.user, { select: { id: true } }, 'findFirstOrThrow'>
const sameRow: Equal<Row, { id: number }> = true
const samePayload: Equal<
  Prisma.UserGetPayload<{ include: { posts: true } }>['posts'],
  Prisma.Result<typeof prisma.user, { include: { posts: true } }, 'findFirstOrThrow'>['posts']
> = true
export function findAll<T, A>(
  this: T,
  args: Prisma.Exact<A, Prisma.Args<T, 'findMany'>>,
): Promise<Prisma.Result<T, A, 'findMany'>> {
  return (this as { findMany(args: unknown): Promise<never> }).findMany(args)
}

// extensions before and after
const fullName = {
  result: {
    user: {
      fullName: {
        needs: { name: true, id: true },
        compute: (user: { name: string | null; id: number }) => `${user.name}${user.id}`,
      },
    },
  },
} as const
const before = new PrismaClient({ adapter }).$extends(fullName).$extends(freshet({}))
const after = prisma.$extends(fullName)
const plainFullName = plain.$extends(fullName)
sameAnswer(before.user.findMany({ cache: true }), plainFullName.user.findMany())
sameAnswer(after.user.findMany({ cache: true }), plainFullName.user.findMany())
sameAnswer(
  after.user.findMany({ select: { fullName: true }, cache: true }),
  plainFullName.user.findMany({ select: { fullName: true } }),
)
sameAnswer(
  before.post.findMany({ include: { author: true }, cache: true }),
  plainFullName.post.findMany({ include: { author: true } }),
)
sameAnswer(
  after.post.findMany({ include: { author: true }, cache: true }),
  plainFullName.post.findMany({ include: { author: true } }),
)
const more = after.$extends({
  name: 'more',
  client: { $version: (): number => 7 },
  model: {
    user: { byEmail: async (email: string) => email.length },
    $allModels: { exists: async () => true },
  },
  query: {
    user: { findMany: ({ args, query }) => query(args) },
    $allOperations: ({ args, query }) => query(args),
  },
})
hasType<number>()(more.$version())
hasType<Promise<number>>()(more.user.byEmail('a'))
hasType<Promise<boolean>>()(more.post.exists())
hasType<Cache>()(more.$cache)
sameAnswer(more.$cached({ ttl: 5 }).user.findMany({ cache: true }), plainFullName.user.findMany())
await more.tag.invalidateCache()
const wrapped = prisma.$extends((client) =>
  client.$extends({ client: { $found: () => client.user.findMany({ cache: true }) } }),
)
void wrapped.$found()

// classes, as NestJS services are written
const create = () => new PrismaClient({ adapter }).$extends(freshet({}))
const Extended = class {
  constructor() {
    return create()
  }
} as new () => ReturnType<typeof create>
class PrismaService extends Extended {
  emails() {
    return this.user.findMany({ select: { email: true }, cache: { ttl: '1m' } })
  }
}
sameAnswer(new PrismaService().emails(), plain.user.findMany({ select: { email: true } }))

// made beforehand
const extension = freshet({})
sameAnswer(
  new PrismaClient({ adapter }).$extends(extension).user.findMany({ cache: true }),
  plain.user.findMany(),
)
export { sameClient, samePayload, sameRow }
