import { assertCanBe } from '../consistency.js'
import { FreshetError } from '../errors.js'
import type { StoreContext, StoreFactory } from '../store.js'
import { Backup } from './backup.js'
import { FailoverStore } from './failover-store.js'
import { type FailoverOptions, maxAgeFor, resolveOptions } from './options.js'
import { Switch } from './switch.js'

/**
 * A store that answers from a backup while the primary is away.
 *
 * Each process decides for itself when that is, so the cache must be `'eventual'` or `{ maxStaleness }`. What is served meanwhile
 * is never older than that bound (`maxAge` with `'eventual'`), and nothing that was cached before an outage is served after it.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION; UNSUPPORTED_CONSISTENCY, by `createCache`
 * @example
 * const store = failover({ primary: redisStore(redis), backup: memoryStore() })
 * const cache = createCache({ store, consistency: { maxStaleness: '2s' } })
 */
export function failover(options: FailoverOptions): StoreFactory {
  const { primary: createPrimary, backup: createBackup, afterMs, probeMs, ...rest } = resolveOptions(options)
  return (context) => {
    const { mode } = context.consistency
    if (mode === 'strong') throw notStrong()
    const maxAgeMs = maxAgeFor(rest.maxAgeMs, context.consistency)
    const primary = createPrimary({
      ...context,
      undelivered: (_, __, cause) => stores.missedByPrimary(cause),
    })
    assertCanBe(mode, primary)
    let outage = 0
    const newBackup = () => {
      const store = createBackup(standBy(context, (cause) => stores.missedByBackup(cause)))
      return new Backup({ store, now: context.now, maxAgeMs, outage: ++outage })
    }
    const awayMessage = (reason: string) =>
      `The store '${primary.name}' is away: ${reason}. Queries are answered from its backup, nothing of which is older than ${maxAgeMs} ms, until it is back. Look at its connection; the event 'failover' tells of each change.`
    const stores: Switch = new Switch({
      primary,
      createBackup: newBackup,
      context,
      afterMs,
      probeMs,
      awayMessage,
    })
    return new FailoverStore({ stores, context, marksWrites: mode === 'bounded' })
  }
}

/** As fresh as can be: how old its answers may be is counted here. Copies of a store that is hardly ever used are not kept. */
function standBy(context: StoreContext, missed: (cause: unknown) => void): StoreContext {
  return {
    ...context,
    undelivered: (_, __, cause) => missed(cause),
    consistency: { mode: 'strong' },
    near: undefined,
  }
}

function notStrong(): FreshetError {
  return new FreshetError(
    'UNSUPPORTED_CONSISTENCY',
    "createCache() was given failover() and a 'consistency' that is 'strong', but each process decides for itself that the primary is away, and cannot know what others write meanwhile. Give { maxStaleness: '2s' } or 'eventual', or leave the backup out: without it, queries go to the database while the store is away.",
  )
}
