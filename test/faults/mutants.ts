import { mutants as historyMutants } from '../history/mutants.js'
import { one, type Mutant, type Patch } from '../property/mutant.js'

const failuresPass: readonly Patch[] = [
  {
    file: 'core/src/guard.ts',
    find: 'go(otherwise(cause))',
    replace: 'resolve(rejected(cause))',
  },
  {
    file: 'redis/src/readings.ts',
    find: 'if (!outcome.ok) return context.failed(`script ${script.name}`, outcome.error)',
    replace: 'if (!outcome.ok) throw outcome.error',
  },
]

/** Rules that the history test does not look for: without them nothing outdated is served, or it needs a moment held open. */
const own: readonly Mutant[] = [
  {
    name: 'failures of the cache pass',
    rule: 'no query fails because of the cache, and no write that was committed',
    patches: failuresPass,
  },
  {
    name: 'nothing tells a new memory from an old one',
    rule: 'a generation belongs to one memory, and a missing one is never taken for one',
    patches: ['no epoch', 'missing generation is zero'].flatMap(
      (name) => historyMutants.find((mutant) => mutant.name === name)!.patches,
    ),
  },
  {
    name: 'entries that cannot be read fail the query',
    rule: 'a payload that does not decode is a miss',
    patches: [
      ...failuresPass,
      {
        file: 'redis/src/redis-store.ts',
        find: 'this.#discard(entryKey, cause)\n      return undefined',
        replace: 'throw cause',
      },
    ],
  },
  one(
    'one schema like another',
    'entries of another schema are other entries',
    'typeorm/src/entities/schema-digest.ts',
    'return digest\n',
    "return ''\n",
  ),
  one(
    'out of memory, generations stay',
    'what cannot be replaced is deleted',
    'redis/src/scripts/close.ts',
    "redis.call('DEL', key)",
    '',
  ),
  one(
    'acknowledged before the new generation',
    'a write is acknowledged when its generations are replaced',
    'core/src/write.ts',
    "return guard.run(\n      'close intent',",
    "void guard.run(\n      'close intent',",
  ),
  one(
    'no new generation',
    'a write replaces the generations of its tags',
    'core/src/write.ts',
    '() => store.closeIntent(this.#intent, tags),',
    '() => store.closeIntent(this.#intent, []),',
  ),
  one(
    'what could not be told is forgotten',
    'what the store could not be told is told when it can be',
    'core/src/journal.ts',
    'if (tags.length === 0) return',
    'return',
  ),
  one(
    'no write is refused',
    'with reject, a write that cannot be told is not done',
    'core/src/create-cache.ts',
    "validOnStoreDown(options.onStoreDown ?? 'proceed') === 'reject'",
    'false',
  ),
  one(
    'reads as if all versions were one',
    'what a version tells apart lives only where nobody else writes',
    'redis/src/dialects.ts',
    'if (this.#byTable.size === 0) return none',
    'if (this.#byTable.size >= 0) return none',
  ),
  one(
    'writes as if all versions were one',
    'a write stops what other versions tell apart',
    'redis/src/dialects.ts',
    'if (this.#byClock.size === 0) return nobody',
    'if (this.#byClock.size >= 0) return nobody',
  ),
  one(
    'payloads of any version',
    'an entry says which version of the format it has',
    'redis/src/payload.ts',
    'if (bytes[0] !== version) throw unreadable(`its version is ${bytes[0]} and not ${version}`)',
    '',
  ),
]

export const mutants: readonly Mutant[] = [...historyMutants, ...own]
