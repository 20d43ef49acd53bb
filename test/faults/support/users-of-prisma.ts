import type { Cache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { PrismaPg } from '@prisma/adapter-pg'
import type { PoolConfig } from 'pg'
import { PrismaClient } from '../../../packages/prisma/test/support/generated/postgresql/client.js'
import type { Users } from './users.js'

const select = { name: true } as const
// As long as a test holds the moment open.
const limits = { timeout: 60_000, maxWait: 60_000 }

export function usersOfPrisma(cache: Cache, config: PoolConfig): Users {
  const adapter = new PrismaPg(config, { onPoolError: () => undefined, onConnectionError: () => undefined })
  const prisma = new PrismaClient({ adapter }).$extends(freshet({ cache }))
  return {
    nameOf: async (id) => (await prisma.user.findUnique({ where: { id }, select }))?.name,
    async rename(id, name) {
      await prisma.user.updateMany({ where: { id }, data: { name } })
    },
    async renameInTransaction(id, name, beforeCommit) {
      await prisma.$transaction(async (transaction) => {
        await transaction.user.updateMany({ where: { id }, data: { name } })
        await beforeCommit()
      }, limits)
    },
  }
}
