import { createHash, createHmac, timingSafeEqual, type Hmac } from 'node:crypto'
import { FreshetError } from './errors.js'

const digestLength = 32

/**
 * A fixed-length fingerprint of `text`: 32 characters of `A–Z a–z 0–9 - _`.
 *
 * SHA-256 cut to 192 bits. The identity in an entry is compared on every hit, so a collision would only cost a miss;
 * 192 bits keep one out of reach (2^96 attempts) even for a caller that does not compare, in 11 characters less than
 * the whole hash. The text is hashed as UTF-16, because UTF-8 maps every lone surrogate to the same bytes.
 */
export function digest(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64url').slice(0, digestLength)
}

/** What a {@link Signer} covers: each part is told apart from its neighbours, text from bytes. */
type SignedPart = string | Uint8Array

/** Signs and verifies lists of parts with one secret. */
export interface Signer {
  /** 32 bytes. */
  sign(parts: readonly SignedPart[]): Uint8Array
  /** Whether `signature` is what {@link Signer.sign} makes of `parts`; takes the same time for every wrong signature. */
  verify(parts: readonly SignedPart[], signature: Uint8Array): boolean
}

const minSecretBytes = 16

/**
 * HMAC-SHA-256 over parts, each preceded by its kind and byte length, so that no two lists of parts sign alike.
 *
 * @param secret at least 16 bytes
 * @throws FreshetError `INVALID_OPTION` for a secret that is too short or of another type
 */
export function createSigner(secret: string | Uint8Array): Signer {
  const key = toKey(secret)
  const sign = (parts: readonly SignedPart[]): Buffer => {
    const hmac = createHmac('sha256', key)
    for (const part of parts) addPart(hmac, part)
    return hmac.digest()
  }
  return {
    sign,
    verify(parts, signature) {
      const expected = sign(parts)
      return signature.byteLength === expected.byteLength && timingSafeEqual(expected, signature)
    },
  }
}

function toKey(secret: unknown): Buffer {
  const key = typeof secret === 'string' || secret instanceof Uint8Array ? Buffer.from(secret) : undefined
  if (key !== undefined && key.byteLength >= minSecretBytes) return key
  // The secret itself must not end up in a log.
  const given = key === undefined ? typeof secret : `${key.byteLength} bytes`
  throw new FreshetError(
    'INVALID_OPTION',
    `secret must be a string or bytes of at least ${minSecretBytes} bytes, given ${given}. ` +
      `Generate one, for instance with: openssl rand -base64 32`,
  )
}

function addPart(hmac: Hmac, part: SignedPart): void {
  const bytes = typeof part === 'string' ? Buffer.from(part, 'utf16le') : part
  const head = Buffer.allocUnsafe(9)
  head.writeUInt8(typeof part === 'string' ? 1 : 2, 0)
  head.writeBigUInt64BE(BigInt(bytes.byteLength), 1)
  hmac.update(head).update(bytes)
}
