import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import type { Read, Write, WriteEnd } from './history.js'

/*
 * The log of one process: records of six numbers. What a write does is written at once, so that a process that is killed
 * has said it; reads may be lost with it.
 */
const fields = 6
const recordBytes = fields * 8
const bufferedRecords = 500

const kinds = { read: 0, begin: 1, version: 2, committed: 3, ended: 4, unmarked: 5, undelivered: 6 } as const
const ends: readonly WriteEnd[] = ['acknowledged', 'refused', 'unknown', 'died']

/** Milliseconds of the machine's monotonic clock. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6

export class Log {
  readonly #file: number
  readonly #buffer = Buffer.alloc(bufferedRecords * recordBytes)
  #length = 0
  #writes = 0
  reads = 0
  writes = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  read(row: number, start: number, end: number, version: number): void {
    this.reads++
    this.#add(kinds.read, row, start, end, version)
    if (this.#length === this.#buffer.length) this.flush()
  }

  /** Returns the write's number in this log. */
  begin(row: number): number {
    const number = this.#writes++
    this.#add(kinds.begin, number, row, now())
    return number
  }

  version(write: number, version: number): void {
    this.#add(kinds.version, write, version)
  }

  committed(write: number): void {
    this.#now(kinds.committed, write, now())
  }

  ended(write: number, end: WriteEnd): void {
    this.writes++
    this.#now(kinds.ended, write, now(), ends.indexOf(end))
  }

  failed(write: number, what: 'unmarked' | 'undelivered'): void {
    this.#now(kinds[what], write)
  }

  flush(): void {
    if (this.#length > 0) writeSync(this.#file, this.#buffer, 0, this.#length)
    this.#length = 0
  }

  #now(...record: readonly number[]): void {
    this.#add(...record)
    this.flush()
  }

  #add(...record: readonly number[]): void {
    for (let i = 0; i < fields; i++) this.#length = this.#buffer.writeDoubleLE(record[i] ?? 0, this.#length)
    if (this.#length === this.#buffer.length) this.flush()
  }
}

type Draft = { -readonly [Name in keyof Write]: Write[Name] }

/** Reads a log from where it was read to before. */
export class LogReader {
  readonly #process: string
  readonly #path: string
  #offset = 0

  constructor(process: string, path: string) {
    this.#process = process
    this.#path = path
  }

  /** Everything since the last time; `at` is when the process died, if it did, and what it had begun counts as ended then. */
  take(at: number): { readonly reads: Read[]; readonly writes: Write[] } {
    const bytes = this.#rest()
    const reads: Read[] = []
    const drafts = new Map<number, Draft>()
    for (let offset = 0; offset + recordBytes <= bytes.length; offset += recordBytes) {
      const field = (index: number) => bytes.readDoubleLE(offset + index * 8)
      const [kind, first] = [field(0), field(1)]
      if (kind === kinds.read)
        reads.push({ process: this.#process, row: first, start: field(2), end: field(3), version: field(4) })
      else if (kind === kinds.begin) drafts.set(first, this.#draft(field(2), field(3), at))
      else amend(drafts.get(first), kind, field)
    }
    return { reads, writes: Array.from(drafts.values()) }
  }

  #draft(row: number, begin: number, ended: number): Draft {
    return { process: this.#process, row, begin, end: 'died', ended, unmarked: false, undelivered: false }
  }

  #rest(): Buffer {
    const file = openSync(this.#path, 'r')
    try {
      const whole = fstatSync(file).size
      const bytes = Buffer.alloc(whole - (whole % recordBytes) - this.#offset)
      readSync(file, bytes, 0, bytes.length, this.#offset)
      this.#offset += bytes.length
      return bytes
    } finally {
      closeSync(file)
    }
  }
}

function amend(write: Draft | undefined, kind: number, field: (index: number) => number): void {
  if (write === undefined) return
  if (kind === kinds.version) write.version = field(2)
  else if (kind === kinds.committed) write.committed = field(2)
  else if (kind === kinds.unmarked) write.unmarked = true
  else if (kind === kinds.undelivered) write.undelivered = true
  else if (kind === kinds.ended) {
    write.ended = field(2)
    write.end = ends[field(3)]!
  }
}
