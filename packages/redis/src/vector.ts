import type { Vector } from '@freshet/core/store'
import type { Reading } from './readings.js'

/** A point in time on two clocks: a server's, in µs, and the cache's, in ms. */
export interface Instant {
  readonly serverMicros: number
  readonly localMs: number
}

/** What to add to a time on the cache's clock to have it on the server's, in ms. */
export function toServerMs({ serverMicros, localMs }: Instant): number {
  return serverMicros / 1000 - localMs
}

/** Tags with prefixes, and what each had when it was read: its generation and the epoch of its server. */
export class RedisVector implements Vector {
  readonly names: readonly string[]
  /** In the order of `names`. */
  readonly stamps: readonly string[]
  readonly usable: boolean
  /** When it was read. */
  readonly at: Instant
  #id: string | undefined

  constructor(names: readonly string[], stamps: readonly string[], usable: boolean, at: Instant) {
    this.names = names
    this.stamps = stamps
    this.usable = usable
    this.at = at
  }

  get id(): string {
    return (this.#id ??= this.stamps.join(','))
  }
}

const bar = 0x7c

/** Whether a tag's value holds an intent. One that has run out counts: only scripts, on the server's clock, drop it. */
export function hasIntent(value: Buffer): boolean {
  return value.includes(bar)
}

/** What is compared: equal only for the same generation in the same memory of the same server. */
export function stampOf({ value, epoch }: Reading): string {
  return `${value?.toString('latin1') ?? ''}@${epoch}`
}
