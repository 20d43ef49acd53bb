// What holds only for clients that share Prisma's run-time types: `prisma-client`, and `prisma-client-js` in its own place.
import { PrismaClient } from '#client'
import type { Prisma } from '#client'
import { sameAnswer } from './equal.js'
import type { Equal } from './equal.js'
import { freshet } from './freshet.js'

declare const adapter: never
const plain = new PrismaClient({ adapter, omit: { user: { password: true } } }).$extends({})
const prisma = new PrismaClient({ adapter, omit: { user: { password: true } } }).$extends(freshet({}))

// `cache` is among the arguments for Prisma's own utility types
const active = { where: { name: 'a' }, cache: { ttl: '1m' } } satisfies Prisma.Args<
  typeof prisma.user,
  'findMany'
>
sameAnswer(prisma.user.findMany(active), plain.user.findMany({ where: { name: 'a' } }))

// types that depend on literal arguments are computed by Prisma itself
sameAnswer(
  prisma.user.groupBy({ by: ['name'], _count: { _all: true }, cache: true }),
  plain.user.groupBy({ by: ['name'], _count: { _all: true } }),
)
export const sameCount: Equal<
  Awaited<ReturnType<typeof countBoth>>,
  Awaited<ReturnType<typeof countBothPlain>>
> = true
const countBoth = () => prisma.user.count({ select: { _all: true, name: true }, cache: true })
const countBothPlain = () => plain.user.count({ select: { _all: true, name: true } })

// an extension that hands the arguments on sees `cache`
prisma.$extends({
  query: {
    user: {
      findMany: ({ args, query }) => query({ ...args, cache: args.cache ?? false }),
      // @ts-expect-error a write takes none
      create: ({ args, query }) => query({ ...args, cache: args.cache }),
    },
  },
})
