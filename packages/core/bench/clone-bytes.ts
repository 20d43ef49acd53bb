import { Decimal } from '@prisma/client-runtime-utils'
import { prepareCopy, type PreparedCopy } from '../src/clone.js'
import { entities, flatRow, relationRows, row } from './values.js'

// node --expose-gc --import tsx --conditions=@freshet/source bench/clone-bytes.ts

// As rows come from a driver: every text one of its own, none shared with the next row.
function fromDriver<T>(value: T): T {
  return reviveDates(JSON.parse(JSON.stringify(value))) as T
}

function reviveDates(value: unknown): unknown {
  if (typeof value === 'string') {
    if (/^\d{4}-.*Z$/.test(value)) return new Date(value)
    return Buffer.from(value).toString()
  }
  if (typeof value !== 'object' || value === null) return value
  for (const [key, field] of Object.entries(value))
    (value as Record<string, unknown>)[key] = reviveDates(field)
  return value
}

const samples: Record<string, (i: number) => unknown> = {
  'flat row of 8': (i) => fromDriver(flatRow(i)),
  'row of 8 with a date': (i) => fromDriver(row(i)),
  '20 rows with a relation': (i) => fromDriver(relationRows(20).map((r) => ({ ...r, id: i }))),
  '100 + 100 entities': () => fromDriver(entities(100)),
  null: () => null,
  dates: (i) => Array.from({ length: 100 }, (_, n) => new Date(i * 1000 + n)),
  decimals: (i) => Array.from({ length: 100 }, (_, n) => new Decimal(`${i}.${n}5`)),
  integers: (i) => Array.from({ length: 1000 }, (_, n) => n + i),
  doubles: (i) => Array.from({ length: 1000 }, (_, n) => n / (i + 3)),
  'mixed numbers and null': (i) => Array.from({ length: 1000 }, (_, n) => (n % 2 ? null : n / (i + 3))),
  'texts of 20': (i) =>
    Array.from({ length: 100 }, (_, n) => Buffer.from(`text ${i} ${n} `.padEnd(20, 'x')).toString()),
  'texts of 500': (i) =>
    Array.from({ length: 20 }, (_, n) => Buffer.from(`text ${i} ${n} `.padEnd(500, 'x')).toString()),
  'cyrillic texts': (i) =>
    Array.from({ length: 20 }, (_, n) => Buffer.from(`${i} ${n} `.padEnd(100, 'ж')).toString()),
  bigints: (i) => Array.from({ length: 100 }, (_, n) => BigInt(i) * 10n ** 12n + BigInt(n)),
  'bytes of 32': (i) => Array.from({ length: 100 }, (_, n) => new Uint8Array(32).fill(n + i)),
  'bytes of 1000': (i) => Array.from({ length: 20 }, (_, n) => new Uint8Array(1000).fill(n + i)),
  'buffers of 32': (i) => Array.from({ length: 100 }, (_, n) => Buffer.alloc(32, n + i)),
  'buffers of 1000': (i) => Array.from({ length: 20 }, (_, n) => Buffer.alloc(1000, n + i)),
  'map of 100': (i) => new Map(Array.from({ length: 100 }, (_, n) => [n, n + i])),
  'set of 100': (i) => new Set(Array.from({ length: 100 }, (_, n) => n + i)),
  'set of 3': (i) => new Set(Array.from({ length: 3 }, (_, n) => n + i)),
  'no prototype, 8 keys': (i) => Object.assign(Object.create(null), flatRow(i)),
  'dictionary of 100': (i) => Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, n + i])),
  'dictionary of 100 rows': (i) =>
    Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, fromDriver(flatRow(i))])),
  'json column': (i) =>
    fromDriver({ id: i, data: { a: { b: [1, 2, { c: `x${i}` }] }, tags: [`t${i}`, `u${i}`] } }),
}

const only = process.argv[2]
function used(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function measure(make: (i: number) => unknown): { actual: number; estimate: number } {
  for (let i = 0; i < 50; i++) prepareCopy(make(i))
  const probe = prepareCopy(make(1))
  const count = Math.max(100, Math.min(20_000, Math.round(2e7 / ((probe?.bytes ?? 0) + 50))))
  const kept: unknown[] = new Array(count * 2).fill(0)
  let estimate = 0
  const before = used()
  for (let i = 0; i < count; i++) {
    const { master, plan, bytes } = prepareCopy(make(i + 1000)) as PreparedCopy
    kept[2 * i] = master
    kept[2 * i + 1] = plan
    estimate += bytes
  }
  const actual = used() - before
  return { actual: actual / count, estimate: kept.length > 0 ? estimate / count : 0 }
}

for (const [name, make] of Object.entries(samples)) {
  if (only !== undefined && only !== name) continue
  const { actual, estimate } = measure(make)
  console.log(
    name.padEnd(28),
    actual.toFixed(0).padStart(9),
    estimate.toFixed(0).padStart(9),
    `${((estimate / actual - 1) * 100).toFixed(1)} %`,
  )
}
