import {
  type Absent,
  handOver,
  isPromise,
  type MaybePromise,
  type Outdated,
  type PreparedCopy,
} from '@freshet/core/store'
import { isHandTag, isWholeSpace } from './keys.js'
import type { Payload } from './payload.js'
import type { Reading } from './readings.js'
import { stampOf, toServerMs } from './vector.js'

/**
 * What is known of an entry that may not be served as fresh: the value, unless a namespace that it is in was cleared, and when the
 * first of the tags that differ was given its generation.
 *
 * @param names,asked the tags that the read asked for, and what they have now
 */
export function outdated(
  payload: Payload,
  entry: Reading,
  names: readonly string[],
  asked: readonly Reading[],
): Pick<Absent, 'outdated'> {
  const { header } = payload
  const offsetMs = toServerMs(entry)
  let changedAt: number | undefined = Infinity
  for (const [index, name] of names.entries()) {
    const reading = asked[index]!
    const at = header.names.indexOf(name)
    if (isHandTag(name) || (at >= 0 && header.stamps[at] === stampOf(reading))) continue
    if (isWholeSpace(name)) return {}
    const madeAt = madeAtMs(reading)
    changedAt = madeAt === undefined || changedAt === undefined ? undefined : Math.min(changedAt, madeAt)
  }
  const isKnown = changedAt !== undefined && changedAt !== Infinity
  const localMs = isKnown ? changedAt! - offsetMs : undefined
  return { outdated: new OutdatedPayload(payload, offsetMs, localMs) }
}

/** Decoded when it is served: most often it is not. */
class OutdatedPayload implements Outdated {
  readonly storedAt: number
  readonly expiresAt: number
  readonly loadMs: number
  readonly changedAt: number | undefined
  readonly #payload: Payload

  constructor(payload: Payload, offsetMs: number, changedAt: number | undefined) {
    const { storedAt, expiresAt, loadMs } = payload.header
    this.storedAt = storedAt - offsetMs
    this.expiresAt = expiresAt - offsetMs
    this.loadMs = loadMs
    this.changedAt = changedAt
    this.#payload = payload
  }

  /** @throws FreshetError NOT_ENCODABLE, by rejection if it is a promise */
  get copy(): MaybePromise<PreparedCopy> {
    const { bytes } = this.#payload
    const value = this.#payload.value()
    return isPromise(value) ? value.then((decoded) => handOver(decoded, bytes)) : handOver(value, bytes)
  }
}

/** A generation ends with the server's time at which it was made: seconds, and six digits of microseconds. */
function madeAtMs({ value }: Reading): number | undefined {
  const micros = /\.(\d{16})(?:[@|]|$)/.exec(value?.toString('latin1') ?? '')?.[1]
  return micros === undefined ? undefined : Number(micros) / 1000
}
