import { FreshetError } from '@freshet/core'
import type { DriverFactory } from './tap/driver.js'
import { tapOn } from './tap/tap.js'

/**
 * Makes a driver adapter tell Freshet what passes through it, before anybody connects with it. Needed
 * only where a client runs queries before `freshet()` is added, or where several clients share an adapter
 * and one of them connects first.
 *
 * @returns the same adapter
 * @throws FreshetError WRITES_NOT_VISIBLE
 * @example
 * const prisma = new PrismaClient({ adapter: tapAdapter(new PrismaPg({ connectionString })) })
 */
export function tapAdapter<Adapter>(adapter: Adapter): Adapter {
  const factory = adapter as unknown as DriverFactory
  if (typeof factory?.connect !== 'function' || typeof factory.provider !== 'string') {
    throw new FreshetError(
      'WRITES_NOT_VISIBLE',
      'tapAdapter() takes a driver adapter of Prisma, such as new PrismaPg({ connectionString }).',
    )
  }
  tapOn(factory)
  return adapter
}
