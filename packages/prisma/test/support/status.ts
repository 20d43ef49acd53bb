import type { PrismaPromise } from '@prisma/client/runtime/client'
import type { CacheInfo } from '@freshet/prisma'

interface TellsHow {
  $cacheInfo<T>(promise: PrismaPromise<T>): Promise<{ readonly info: CacheInfo }>
}

/** Makes a read, and says how it was answered: its status, and the reason if it was no hit. */
export async function statusOf(client: TellsHow, read: PrismaPromise<unknown>): Promise<string> {
  const { status, reason } = (await client.$cacheInfo(read)).info
  return reason === undefined ? status : `${status}: ${reason}`
}

/** How many statements were sent meanwhile. */
export async function countOf(
  statements: readonly string[],
  run: () => PromiseLike<unknown>,
): Promise<number> {
  const before = statements.length
  await run()
  return statements.length - before
}
