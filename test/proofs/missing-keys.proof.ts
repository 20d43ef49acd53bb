// A stream of keys that do not exist, in a database as well as in the cache: what it makes a memory store grow by, what it takes from the
// entries that are of use, and how often the database is asked. Short: 100,000 keys; long: a million.
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import Database from 'better-sqlite3'
import { createCache } from '@freshet/core'

const { values } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const distinct = values.short ? 100_000 : 1_000_000
const repeated = distinct / 2
const useful = 9_000
const limits = { grownBytes: 64 * 2 ** 20, perDistinct: 1.05, perRepeated: 0.01 }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
function used(): number {
  for (let i = 0; i < 4; i++) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const database = new Database(':memory:')
database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)')
const insert = database.prepare('INSERT INTO users VALUES (?, ?)')
for (let id = 1; id <= useful; id++) insert.run(id, `user${id}@example.com`)
const select = database.prepare('SELECT * FROM users WHERE id = ?')

// As long as the whole run may take: what expires in the middle would be asked for again.
const cache = createCache({ ttl: '1d', negativeTtl: '1d' })
let queries = 0
const find = async (id: number): Promise<unknown> =>
  await cache.getOrSet({ model: 'User', where: { id } }, () => (queries++, select.get(id) ?? null), {
    tags: ['users', `users[id=${id}]`],
  })
/** The ids of the stream, in no order: 7 is prime to both lengths. */
const missing = (index: number): number => 1_000_000_000 + ((index * 7) % distinct)
const turn = async (index: number) =>
  index % 1_000 === 0 ? await new Promise<void>((resolve) => void setImmediate(resolve)) : undefined

for (let id = 1; id <= useful; id++) await find(id)
const before = used()
queries = 0
for (let i = 0; i < distinct; i++) {
  await find(missing(i))
  await turn(i)
}
const grownBytes = used() - before
const perDistinct = queries / distinct
queries = 0
for (let i = 0; i < repeated; i++) {
  await find(missing((i * 13) % distinct))
  await turn(i)
}
const perRepeated = queries / repeated
queries = 0
for (let id = 1; id <= useful; id++) await find(id)
const lost = queries
insert.run(missing(0), 'new@example.com')
await cache.invalidate([`users[id=${missing(0)}]`])
const isSeen = (await find(missing(0))) !== null

console.log(
  JSON.stringify({
    distinct,
    grownMiB: Math.round((grownBytes / 2 ** 20) * 10) / 10,
    queriesPerDistinctId: perDistinct,
    queriesPerRepeatedRead: perRepeated,
    usefulEntriesLost: `${lost} of ${useful}`,
    newRowSeen: isSeen,
    ...cache.stats(),
  }),
)
const holds =
  grownBytes <= limits.grownBytes &&
  perDistinct <= limits.perDistinct &&
  perRepeated <= limits.perRepeated &&
  lost === 0 &&
  isSeen
process.exitCode = holds ? 0 : 1
await cache.close()
database.close()
