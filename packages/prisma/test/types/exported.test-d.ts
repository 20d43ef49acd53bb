// A client that a module exports: its declaration has to be nameable and short.
import { PrismaClient } from '#client'
import { freshet } from './freshet.js'

declare const adapter: never

export const prisma = new PrismaClient({ adapter, omit: { user: { password: true } } }).$extends(freshet({}))

export const extended = prisma.$extends({ client: { $version: () => 7 } })

export function createClient() {
  return new PrismaClient({ adapter }).$extends(freshet({}))
}

export const short = prisma.$cached({ ttl: 5 })

export const emails = () => prisma.user.findMany({ select: { email: true }, cache: true })

export class Service {
  readonly db = createClient()
}
