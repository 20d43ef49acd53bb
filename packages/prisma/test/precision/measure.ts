/*
 * What it costs to tell a read's tags before the load, by kind of read, with plans made and 500 others beside them:
 *
 *   npx tsx --conditions=@freshet/source packages/prisma/test/precision/measure.ts
 */
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { createValueBucket } from '@freshet/core/adapter'
import { columnsByTable, dataModel } from './known.js'

const tables = createTablePrecisions(dataModel, {
  columnsOf: (table) => columnsByTable.get(table),
  bucketOf: createValueBucket('shop'),
})
const precision = createReadPrecision(dataModel, { tables, isEnforced: () => true, anyTable: '*' })

type Read = readonly [model: string, operation: string, argsOf: (at: number) => unknown]

const reads: Readonly<Record<string, Read>> = {
  'unique by key': ['Post', 'findUnique', (at) => ({ where: { id: at } })],
  'unique by text': ['Person', 'findUnique', (at) => ({ where: { email: `ada-${at}@example.com` } })],
  'unique by uuid': [
    'Club',
    'findUnique',
    (at) => ({ where: { id: `0000000a-0000-4000-8000-${String(at).padStart(12, '0')}` } }),
  ],
  'unique by two columns': ['Comment', 'findUnique', (at) => ({ where: { place: { postId: at, no: 1 } } })],
  'unique with children': [
    'Person',
    'findUnique',
    (at) => ({ where: { id: at }, include: { posts: { orderBy: { title: 'asc' }, take: 10 }, club: true } }),
  ],
  'list of a parent': [
    'Post',
    'findMany',
    (at) => ({ where: { authorId: at, published: true }, orderBy: { title: 'desc' }, take: 20 }),
  ],
  'list of three parents': [
    'Post',
    'findMany',
    (at) => ({ where: { authorId: { in: [at, at + 1, at + 2] } } }),
  ],
  'list with relations': [
    'Post',
    'findMany',
    (at) => ({
      where: { author: { is: { id: at } }, tags: { some: { label: 'a' } } },
      orderBy: [{ views: 'desc' }, { id: 'asc' }],
      take: 20,
      include: {
        author: { select: { id: true, name: true } },
        tags: true,
        _count: { select: { comments: true } },
      },
    }),
  ],
  'count of a parent': ['Post', 'count', (at) => ({ where: { authorId: at } })],
}

// Short rounds: on a busy machine the best of them is not interrupted.
const count = 1000

/** In µs, the best of 300 rounds over as many different values. */
function timeOf([model, operation, argsOf]: Read, fillers: readonly unknown[]): number {
  const args = Array.from({ length: count }, (_, at) => argsOf(at + 1))
  for (const filler of fillers) precision.read(model, operation, filler)
  let best = Infinity
  for (let round = 0; round < 300; round++) {
    const start = process.hrtime.bigint()
    for (let at = 0; at < count; at++) precision.read(model, operation, args[at])
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / count)
  }
  return best
}

/** Other shapes of the same operation, which are remembered beside it. */
const shapes = (operation: string): unknown[] =>
  Array.from({ length: 500 }, (_, at) => ({
    where: {
      AND: Array.from({ length: 1 + (at % 25) }, () => ({ id: 1 })),
      OR: Array.from({ length: 1 + Math.floor(at / 25) }, () => ({ id: 1 })),
    },
    ...(operation === 'findMany' ? { take: 1 } : {}),
  }))

for (const [name, read] of Object.entries(reads)) {
  const tags = precision.read(read[0], read[1], read[2](1)).tags.length
  process.stdout.write(`${name.padEnd(24)} ${timeOf(read, shapes(read[1])).toFixed(2)} µs, ${tags} tags\n`)
}

/** Plans of the reads above, made anew, the best of 100 rounds. */
let best = Infinity
for (let round = 0; round < 100; round++) {
  const fresh = createReadPrecision(dataModel, { tables, isEnforced: () => true, anyTable: '*' })
  const start = process.hrtime.bigint()
  for (const [model, operation, argsOf] of Object.values(reads)) fresh.read(model, operation, argsOf(1))
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1000 / Object.keys(reads).length)
}
process.stdout.write(`a plan, once per shape   ${best.toFixed(1)} µs\n`)

const rows = Array.from({ length: 20 }, (_, at) => ({
  id: at,
  authorId: at,
  author: { id: at, name: 'x' },
  tags: [{ id: 1 }, { id: at }],
  _count: { comments: 1 },
}))
const [, , argsOfList] = reads['list with relations']!
const list = precision.read('Post', 'findMany', argsOfList(5))
let late = Infinity
for (let round = 0; round < 2000; round++) {
  const start = process.hrtime.bigint()
  list.lateTags(rows)
  late = Math.min(late, Number(process.hrtime.bigint() - start) / 1000)
}
process.stdout.write(`late tags of 20 such rows  ${late.toFixed(1)} µs, ${list.lateTags(rows).length} tags\n`)
