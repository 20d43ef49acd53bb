import { tapOn } from '../../src/tap/tap.js'

/**
 * When the database has been asked what its tables are, also again after definitions have changed. Until then reads
 * depend on whole tables, and when its answer comes, all that is cached is told anew: a test that expects a hit waits.
 */
export const catalogueSettled = (adapter: Parameters<typeof tapOn>[0]): Promise<void> =>
  tapOn(adapter).catalogue.settled()
