import { createHash } from 'node:crypto'
import { type CompressionAlgorithm, isSupported } from '../src/compression.js'
import { createCodec } from '../src/codec.js'
import { pack, unpack } from '../src/packing.js'

// node --import tsx --conditions=@freshet/source bench/compression.ts

// Bytes that cannot be guessed and are the same each time.
let counter = 0
const noise = () => createHash('sha256').update(String(counter++)).digest()
const words =
  'the order was paid late by a client who asked for an invoice in June and then for another one'.split(' ')
const text = (count: number) =>
  Array.from(noise().subarray(0, count), (byte) => words[byte % words.length]).join(' ')
const uuid = () => noise().toString('hex').slice(0, 32)
const row = (id: number) => ({
  id,
  publicId: uuid(),
  email: `${noise().toString('hex').slice(0, 9)}@example.com`,
  name: text(3),
  note: text(15),
  isActive: noise()[0]! > 99,
  total: noise().readUInt16BE() / 100,
  createdAt: new Date(1.7e12 + noise().readUInt32BE()),
})

const codec = createCodec()
const rounds = 30

async function micros(run: () => unknown): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now()
    await run()
    times.push((performance.now() - startedAt) * 1_000)
  }
  return times.toSorted((a, b) => a - b)[rounds >> 1]!
}

const algorithms = (['gzip', 'brotli', 'zstd'] as const satisfies readonly CompressionAlgorithm[]).filter(
  isSupported,
)
for (const count of [1, 5, 20, 100, 300, 3_000]) {
  const rows = Array.from({ length: count }, (_, id) => row(id))
  const bytes = codec.encode(rows)
  const encoding = await micros(() => codec.encode(rows))
  const decoding = await micros(() => codec.decode(bytes))
  console.log(
    `${count} rows, ${bytes.length} bytes: encode ${encoding.toFixed(0)} µs, decode ${decoding.toFixed(0)} µs`,
  )
  for (const algorithm of algorithms) {
    const compression = { aboveBytes: 0, algorithm }
    const packed = await pack(bytes, compression)
    const packing = await micros(() => pack(bytes, compression))
    const unpacking = await micros(() => unpack(packed))
    console.log(
      `  ${algorithm.padEnd(7)} ${((packed.length / bytes.length) * 100).toFixed(0).padStart(3)} %  ${packing.toFixed(0).padStart(6)} µs  back ${unpacking.toFixed(0).padStart(5)} µs`,
    )
  }
}
