import { mapBytes, mapPlaceBytes, objectBytes, textBytes, word } from './heap-bytes.js'

/** What a row has in a column. */
export interface KnownValue {
  readonly value: bigint
  /** When it was known to. */
  readonly at: number
}

const columnBytes = mapBytes + mapPlaceBytes
/** Its place, the number, and when it was known. */
const knownBytes = mapPlaceBytes + objectBytes + 5 * word
/** Of rows that can be found by a value: their set and its place, and the place of each in it. */
const foundBytes = mapPlaceBytes + mapBytes
const foundPlaceBytes = 4 * word

/** What rows of a table have in one column, by the texts of their keys. */
export class KnownValues {
  /** Those that were seen last are last. */
  readonly #rows = new Map<string, KnownValue>()
  /** By what they have; made when somebody asks for it. */
  #byValue: Map<bigint, Set<string>> | undefined
  #bytes = columnBytes

  get size(): number {
    return this.#rows.size
  }

  /** What it occupies, estimated. */
  get bytes(): number {
    return this.#bytes
  }

  get(id: string): KnownValue | undefined {
    return this.#rows.get(id)
  }

  /** Of so many at most: those that were seen first go first. */
  set(id: string, known: KnownValue, most: number): void {
    this.delete(id)
    this.#rows.set(id, known)
    this.#bytes += knownBytes + textBytes(id)
    this.#place(id, known)
    if (this.#rows.size > most) this.delete(this.#rows.keys().next().value!)
  }

  delete(id: string): void {
    const known = this.#rows.get(id)
    if (known === undefined) return
    this.#rows.delete(id)
    this.#bytes -= knownBytes + textBytes(id)
    const others = this.#byValue?.get(known.value)
    if (others === undefined) return
    others.delete(id)
    this.#bytes -= foundPlaceBytes
    if (others.size > 0) return
    this.#byValue!.delete(known.value)
    this.#bytes -= foundBytes
  }

  /** The rows that have any of the values that are wanted, without looking at all rows. */
  *having(isWanted: (value: bigint) => boolean): Iterable<string> {
    if (this.#byValue === undefined) {
      this.#byValue = new Map()
      for (const [id, known] of this.#rows) this.#place(id, known)
    }
    for (const [value, ids] of this.#byValue) if (isWanted(value)) yield* ids
  }

  #place(id: string, { value }: KnownValue): void {
    if (this.#byValue === undefined) return
    let ids = this.#byValue.get(value)
    if (ids === undefined) {
      this.#byValue.set(value, (ids = new Set()))
      this.#bytes += foundBytes
    }
    ids.add(id)
    this.#bytes += foundPlaceBytes
  }

  deleteHalf(): void {
    let left = Math.ceil(this.#rows.size / 2)
    for (const id of this.#rows.keys()) {
      if (left-- === 0) break
      this.delete(id)
    }
  }

  clear(): void {
    this.#rows.clear()
    this.#byValue = undefined
    this.#bytes = columnBytes
  }
}
