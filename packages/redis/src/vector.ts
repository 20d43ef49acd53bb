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
  /** Clocks among `names` that stay although the tags of the answer are known: their tables may be written in another dialect. */
  readonly wary: readonly string[]
  #id: string | undefined

  constructor(
    names: readonly string[],
    stamps: readonly string[],
    usable: boolean,
    at: Instant,
    wary: readonly string[] = none,
  ) {
    this.wary = wary
    this.names = names
    this.stamps = stamps
    this.usable = usable
    this.at = at
  }

  get id(): string {
    return (this.#id ??= this.stamps.join(','))
  }
}

// One for all: each of its own would be kept with every near copy.
const none: readonly string[] = []

const bar = 0x7c

/** Whether a tag's value holds an intent. One that has run out counts: only scripts, on the server's clock, drop it. */
export function hasIntent(value: Buffer): boolean {
  return value.includes(bar)
}

const at = 0x40

/** The dialect that a table's own tag names; several are a list of them, which is none. */
export function dialectIn(value: Buffer): string {
  const start = value.indexOf(at)
  if (start < 0) return ''
  const end = value.indexOf(bar, start)
  return value.toString('latin1', start + 1, end < 0 ? value.length : end)
}

/**
 * What is compared: equal only for the same generation in the same memory of the same server. Not what it names as its dialect:
 * where that matters, the generation changes with it.
 */
export function stampOf({ value, epoch }: Reading): string {
  return `${withoutDialect(value?.toString('latin1') ?? '')}@${epoch}`
}

function withoutDialect(text: string): string {
  const start = text.indexOf('@')
  if (start < 0) return text
  const end = text.indexOf('|', start)
  return text.slice(0, start) + (end < 0 ? '' : text.slice(end))
}
