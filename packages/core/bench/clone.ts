import { deserialize, serialize } from 'node:v8'
import { bench, do_not_optimize, group, run } from 'mitata'
import { copyOut, prepareCopy } from '../src/clone.js'
import { entities, flatRow, relationRows, row } from './values.js'

// node --expose-gc --import tsx --conditions=@freshet/source bench/clone.ts

function naive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(naive)
  if (value instanceof Date) return new Date(value)
  const copy: Record<string, unknown> = {}
  for (const key in value) copy[key] = naive((value as Record<string, unknown>)[key])
  return copy
}

const samples = {
  'flat row of 8': flatRow(1),
  'row of 8 with a date': row(1),
  '20 rows with a relation': relationRows(20),
  '100 + 100 entities': entities(100),
}

for (const [name, value] of Object.entries(samples)) {
  const prepared = prepareCopy(value)
  if (prepared === undefined) throw new Error(`not copyable: ${name}`)
  const { master, plan } = prepared
  const bytes = serialize(value)
  group(name, () => {
    bench('copyOut', () => do_not_optimize(copyOut(master, plan)))
    bench('copyOut, by no plan', () => do_not_optimize(copyOut(master, { kind: 'any' })))
    bench('prepareCopy', () => do_not_optimize(prepareCopy(value)))
    bench('naive recursion', () => do_not_optimize(naive(value)))
    bench('JSON both ways', () => do_not_optimize(JSON.parse(JSON.stringify(value))))
    bench('structuredClone', () => do_not_optimize(structuredClone(value)))
    bench('v8.deserialize', () => do_not_optimize(deserialize(bytes)))
  })
}

await run()
