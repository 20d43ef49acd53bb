import type { Databases, Service } from '../../../test/services/index.js'
import type { Section } from '../report.js'
import { benchDatabaseDown } from './database-down.js'
import { benchMassFill } from './mass-fill.js'
import { benchMissingIds } from './missing-ids.js'
import { benchOutage } from './outage.js'

/** What becomes of the readers on the worst day; short, the same in a minute. */
export async function benchPressure(
  redis: Service,
  postgres: Service & Databases,
  isShort: boolean,
): Promise<readonly Section[]> {
  const outage = isShort
    ? { before: 2_000, down: 4_000, after: 6_000 }
    : { before: 6_000, down: 12_000, after: 10_000 }
  const missing = isShort
    ? { reads: 50_000, universe: 20_000, repeated: 10_000 }
    : { reads: 1_000_000, universe: 500_000, repeated: 100_000 }
  return [
    await benchOutage(await postgres.createDatabase(), outage),
    await benchMassFill(redis, isShort ? 20_000 : 100_000),
    await benchMissingIds(await postgres.createDatabase(), missing),
    await benchDatabaseDown(isShort ? 4_000 : 30_000),
  ]
}
