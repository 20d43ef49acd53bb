import {
  andThen,
  type Codec,
  type Compression,
  FreshetError,
  type MaybePromise,
  pack,
  type Refusal,
  refusalOf,
  type Signer,
  type StoreContext,
  unpack,
} from '@freshet/core/store'

/** What stands in front of a value: all that is needed to know whether it may be served. */
interface PayloadHeader {
  /** The full key: two keys with one digest are told apart by it. */
  readonly identity: string
  /** Tags with prefixes, and the stamps that they had before the value was loaded. */
  readonly names: readonly string[]
  readonly stamps: readonly string[]
  /** When the stamps were read, in µs on the clock of the server that has the first of them. */
  readonly readAtMicros: number
  /** Times on the server's clock, in ms. */
  readonly storedAt: number
  readonly expiresAt: number
  readonly loadMs: number
}

/** A payload whose header has been read, and whose value has not. */
export interface Payload {
  readonly header: PayloadHeader
  /** Why the value cannot be had here although it is sound. Larger than `maxBytes` is what would be so once it is decompressed. */
  refusal(maxBytes: number): Refusal | undefined
  /**
   * A large one is decompressed in another thread, and no more than it says; ask for `refusal` before.
   *
   * @throws FreshetError NOT_ENCODABLE for bytes that the codec cannot have written, by rejection if it is a promise
   */
  value(): MaybePromise<unknown>
  readonly bytes: number
}

/**
 * How many bytes the encoded form of a value may have. It can be longer than the value is large: bytes become a third more,
 * control characters six times as many.
 */
export function maxBodyBytes({ maxEntryBytes = Infinity }: Pick<StoreContext, 'maxEntryBytes'>): number {
  return 2 * maxEntryBytes
}

export interface PayloadFormat {
  /** Of what it writes; it reads no other. */
  readonly version: number
  /** @throws FreshetError NOT_ENCODABLE for a value that would not come back as it was */
  encode(value: unknown): Uint8Array
  /**
   * @param body what `encode` made of the value; large ones are compressed in another thread
   */
  write(header: PayloadHeader, body: Uint8Array, compression: Compression | false): MaybePromise<Buffer>
  /** @throws FreshetError NOT_ENCODABLE for bytes that this format cannot have written for `identity` */
  read(bytes: Buffer, identity: string): Payload
  /** As `read`, whatever the key. */
  open(bytes: Buffer): Payload
}

// Version (1 byte), when the stamps were read (8, where the script PUT looks), the length of the header (4), with a
// secret the signature (32), the header, the value.
const unsignedVersion = 1
const signedVersion = 2
const signatureBytes = 32
const lengthAt = 9
const fixedBytes = 13

/**
 * The format of entries: a header that is read by itself, so that an outdated entry costs no decoding of its value.
 *
 * @param signer signs identity, vector, times and value, and refuses what it did not sign
 */
export function payloadFormat(codec: Codec, signer: Signer | undefined): PayloadFormat {
  const start = signer === undefined ? fixedBytes : fixedBytes + signatureBytes
  const version = signer === undefined ? unsignedVersion : signedVersion
  const open = (bytes: Buffer): Payload => {
    if (bytes[0] !== version) throw unreadable(`its version is ${bytes[0]} and not ${version}`)
    if (bytes.length < start) throw unreadable('it is cut short')
    const bodyAt = start + bytes.readUInt32BE(lengthAt)
    if (bytes.length < bodyAt) throw unreadable('it is cut short')
    const head = bytes.subarray(start, bodyAt)
    const body = bytes.subarray(bodyAt)
    if (signer?.verify([head, body], bytes.subarray(fixedBytes, start)) === false)
      throw unreadable('its signature is not from this secret')
    return {
      header: toHeader(head),
      refusal: (maxBytes) => refusalOf(body, maxBytes),
      value: () => andThen(unpack(body), (unpacked) => codec.decode(unpacked)),
      bytes: bytes.length,
    }
  }
  return {
    version,
    open,
    encode: (value) => codec.encode(value),
    write(header, body, compression) {
      const head = Buffer.from(JSON.stringify(toList(header)))
      return andThen(pack(body, compression), (packed) => {
        const fixed = Buffer.alloc(start)
        fixed.writeUInt8(version)
        fixed.writeBigUInt64BE(BigInt(header.readAtMicros), 1)
        fixed.writeUInt32BE(head.length, lengthAt)
        if (signer !== undefined) fixed.set(signer.sign([head, packed]), fixedBytes)
        return Buffer.concat([fixed, head, packed])
      })
    },
    read(bytes, identity) {
      const payload = open(bytes)
      const { header } = payload
      if (header.identity !== identity) throw unreadable('it belongs to another key')
      return payload
    },
  }
}

type HeaderList = readonly [string, number, number, number, number, ...string[]]

function toList(header: PayloadHeader): HeaderList {
  const { identity, names, stamps, readAtMicros, storedAt, expiresAt, loadMs } = header
  return [identity, readAtMicros, storedAt, expiresAt, loadMs, ...names, ...stamps]
}

function toHeader(head: Buffer): PayloadHeader {
  const list = parse(head)
  if (!Array.isArray(list) || list.length % 2 !== 1) throw unreadable('its header is malformed')
  const [identity, readAtMicros, storedAt, expiresAt, loadMs, ...texts] = list as unknown[]
  const times = [readAtMicros, storedAt, expiresAt, loadMs]
  if (![identity, ...texts].every(isString) || !times.every(Number.isFinite) || texts.length === 0)
    throw unreadable('its header is malformed')
  return {
    identity: identity as string,
    readAtMicros: readAtMicros as number,
    storedAt: storedAt as number,
    expiresAt: expiresAt as number,
    loadMs: loadMs as number,
    names: texts.slice(0, texts.length / 2) as string[],
    stamps: texts.slice(texts.length / 2) as string[],
  }
}

function parse(head: Buffer): unknown {
  try {
    return JSON.parse(head.toString())
  } catch {
    throw unreadable('its header is malformed')
  }
}

const isString = (value: unknown): boolean => typeof value === 'string'

function unreadable(why: string): FreshetError {
  return new FreshetError(
    'NOT_ENCODABLE',
    `An entry in Redis cannot be read: ${why}. It is deleted and counts as a miss; see who else writes under this prefix, or with which secret.`,
  )
}
