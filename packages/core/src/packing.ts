import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type Compression, type CompressionAlgorithm, isSupported } from './compression.js'
import { FreshetError } from './errors.js'
import { andThen, type MaybePromise } from './maybe-promise.js'

// How it was compressed (1 byte, which no version of the codec has), the length of what comes out (4), what was compressed.
const markOf: Readonly<Record<CompressionAlgorithm, number>> = { gzip: 0xc1, brotli: 0xc2, zstd: 0xc3 }
const algorithmOf = new Map(
  Object.entries(markOf).map(([algorithm, mark]) => [mark, algorithm as CompressionAlgorithm]),
)
const headBytes = 5

// Up to here the event loop waits less than the way to another thread and back takes (0.3 ms); encoding takes longer than that.
const maxBytesAtOnce = 64 * 1024

/** Why sound bytes cannot be unpacked here. */
export type Refusal = 'too-large' | 'compression'

/** Whether bytes can be unpacked in this process; nothing is unpacked to find out. Bytes that are not packed always can. */
export function refusalOf(bytes: Uint8Array, maxBytes: number): Refusal | undefined {
  const algorithm = algorithmOf.get(bytes[0] ?? 0)
  if (algorithm === undefined) return undefined
  if (!isSupported(algorithm)) return 'compression'
  return lengthOf(bytes) > maxBytes ? 'too-large' : undefined
}

/** Bytes made fewer, if that is wanted for so many and makes them fewer. Many are compressed in another thread. */
export function pack(bytes: Uint8Array, compression: Compression | false): MaybePromise<Uint8Array> {
  if (compression === false || bytes.length <= compression.aboveBytes) return bytes
  const { algorithm } = compression
  const method = methods[algorithm]()
  const compressed = bytes.length <= maxBytesAtOnce ? method.packNow(bytes) : method.pack(bytes)
  return andThen(compressed, (packed) =>
    packed.length + headBytes < bytes.length ? Buffer.concat([head(algorithm, bytes.length), packed]) : bytes,
  )
}

/**
 * What was packed; bytes that were not are returned as they are. Never more comes out than the bytes say, which is to be
 * looked at before (`refusalOf`).
 *
 * @throws FreshetError NOT_ENCODABLE for bytes that are damaged; many are unpacked in another thread, and then by rejection
 */
export function unpack(bytes: Uint8Array): MaybePromise<Uint8Array> {
  const algorithm = algorithmOf.get(bytes[0] ?? 0)
  if (algorithm === undefined) return bytes
  const length = lengthOf(bytes)
  const method = methods[algorithm]()
  const packed = bytes.subarray(headBytes)
  if (length > maxBytesAtOnce)
    return method.unpack(packed, length).then((found) => whole(found, length), damaged)
  let unpacked: Uint8Array
  try {
    unpacked = method.unpackNow(packed, length)
  } catch (cause) {
    throw unreadable(cause)
  }
  return whole(unpacked, length)
}

function head(algorithm: CompressionAlgorithm, length: number): Buffer {
  const bytes = Buffer.alloc(headBytes)
  bytes.writeUInt8(markOf[algorithm])
  bytes.writeUInt32BE(length, 1)
  return bytes
}

/** 0 for what is cut short, which then does not unpack. */
function lengthOf(bytes: Uint8Array): number {
  if (bytes.length < headBytes) return 0
  return Buffer.from(bytes.buffer, bytes.byteOffset, headBytes).readUInt32BE(1)
}

function whole(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw unreadable(undefined)
  return bytes
}

function damaged(cause: unknown): never {
  throw unreadable(cause)
}

function unreadable(cause: unknown): FreshetError {
  return new FreshetError(
    'NOT_ENCODABLE',
    'A stored payload cannot be decompressed: it is damaged. It counts as a miss and is overwritten by the next load.',
    { cause },
  )
}

interface Method {
  packNow(bytes: Uint8Array): Uint8Array
  pack(bytes: Uint8Array): Promise<Uint8Array>
  unpackNow(bytes: Uint8Array, maxOutputLength: number): Uint8Array
  unpack(bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array>
}

/** What all of zlib's functions look like. */
interface Functions<Options> {
  readonly packNow: (bytes: Uint8Array, options: Options) => Buffer
  readonly pack: (bytes: Uint8Array, options: Options) => Promise<Buffer>
  readonly unpackNow: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer
  readonly unpack: (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Promise<Buffer>
}

function toMethod<Options>(
  { packNow, pack, unpackNow, unpack }: Functions<Options>,
  options: Options,
): Method {
  // It must be 1 at least.
  const upTo = (length: number) => ({ maxOutputLength: Math.max(1, length) })
  return {
    packNow: (bytes) => packNow(bytes, options),
    pack: (bytes) => pack(bytes, options),
    unpackNow: (bytes, length) => unpackNow(bytes, upTo(length)),
    unpack: (bytes, length) => unpack(bytes, upTo(length)),
  }
}

/** Of the Nodes that have them; the types are of one that has not. */
interface WithZstd {
  readonly zstdCompressSync: (bytes: Uint8Array, options: object) => Buffer
  readonly zstdDecompressSync: (bytes: Uint8Array, options: object) => Buffer
  readonly zstdCompress: (bytes: Uint8Array, options: object, done: Done) => void
  readonly zstdDecompress: (bytes: Uint8Array, options: object, done: Done) => void
}
const zstdLevel = 100
const zstdChecksum = 201
type Done = (error: Error | null, bytes: Buffer) => void

const once = (make: () => Method): (() => Method) => {
  let made: Method | undefined
  return () => (made ??= make())
}

// The lowest levels: rows become little smaller above them, and take several times as long.
const methods: Readonly<Record<CompressionAlgorithm, () => Method>> = {
  gzip: once(() =>
    toMethod(
      {
        packNow: zlib.gzipSync,
        pack: promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip),
        unpackNow: zlib.gunzipSync,
        unpack: promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gunzip),
      },
      { level: 1 },
    ),
  ),
  brotli: once(() =>
    toMethod(
      {
        packNow: zlib.brotliCompressSync,
        pack: promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliCompress),
        unpackNow: zlib.brotliDecompressSync,
        unpack: promisify<Uint8Array, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress),
      },
      { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } },
    ),
  ),
  zstd: once(() => {
    const { zstdCompressSync, zstdDecompressSync, zstdCompress, zstdDecompress } = zlib as unknown as WithZstd
    return toMethod(
      {
        packNow: zstdCompressSync,
        pack: promisify(zstdCompress),
        unpackNow: zstdDecompressSync,
        unpack: promisify(zstdDecompress),
      },
      { params: { [zstdLevel]: 1, [zstdChecksum]: 1 } },
    )
  }),
}
