import { deserialize, serialize } from 'node:v8'
import { bench, do_not_optimize, group, run } from 'mitata'
import { Packr } from 'msgpackr'
import { createCodec } from '../src/codec.js'
import { entities, flatRow, relationRows, row } from './values.js'

// node --expose-gc --import tsx --conditions=@freshet/source bench/codec.ts

const samples = {
  'flat row of 8': flatRow(1),
  'row of 8 with a date': row(1),
  '20 rows with a relation': relationRows(20),
  '100 + 100 entities': entities(100),
  '200 KiB of bytes': [new Uint8Array(200 * 1024).map((_, i) => i * 7)],
}

const codec = createCodec()
const packr = new Packr({ moreTypes: true, int64AsType: 'bigint' })
const records = new Packr({ useRecords: true, structures: [], moreTypes: true })

for (const [name, value] of Object.entries(samples)) {
  const own = codec.encode(value)
  const packed = packr.pack(value)
  const recorded = records.pack(value)
  const v8 = serialize(value)
  console.log(name, { own: own.length, msgpackr: packed.length, records: recorded.length, v8: v8.length })
  group(name, () => {
    bench('encode, own', () => do_not_optimize(codec.encode(value)))
    bench('encode, msgpackr', () => do_not_optimize(packr.pack(value)))
    bench('encode, msgpackr shared records', () => do_not_optimize(records.pack(value)))
    bench('encode, v8', () => do_not_optimize(serialize(value)))
    bench('encode, JSON', () => do_not_optimize(Buffer.from(JSON.stringify(value))))
    bench('decode, own', () => do_not_optimize(codec.decode(own)))
    bench('decode, msgpackr', () => do_not_optimize(packr.unpack(packed)))
    bench('decode, msgpackr shared records', () => do_not_optimize(records.unpack(recorded)))
    bench('decode, v8', () => do_not_optimize(deserialize(v8)))
    bench('decode, JSON', () => do_not_optimize(JSON.parse(own.toString().slice(1))))
  })
}

await run()
