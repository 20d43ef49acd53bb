/** What something occupies, estimated: counted as it comes and goes, and with all that it is a part of. */
export class ByteCount {
  #bytes = 0
  readonly #whole: ByteCount | undefined

  /** @param whole what it is a part of. Default: nothing */
  constructor(whole?: ByteCount) {
    this.#whole = whole
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @param bytes that have come; less than none: that have gone */
  add(bytes: number): void {
    this.#bytes += bytes
    this.#whole?.add(bytes)
  }

  clear(): void {
    this.add(-this.#bytes)
  }
}
