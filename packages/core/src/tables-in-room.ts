import { ByteCount } from './byte-count.js'

/** What is known of one table. */
interface KnownTable {
  readonly isEmpty: boolean
  /** Forgets half of it at least: what came first. */
  forgetHalf(): void
}

/**
 * What is known of tables, in a room of so many bytes: when it is full, each table in turn forgets half, and one of which nothing is left
 * goes. So the cost of a forgotten piece stays constant, and no table loses more often than the others.
 */
export class TablesInRoom<Table extends KnownTable> {
  /** Those of the tables are parts of it. */
  readonly count = new ByteCount()
  readonly #tables = new Map<string, Table>()
  readonly #maxBytes: number
  readonly #gone: (name: string, table: Table) => void

  constructor(maxBytes: number, gone: (name: string, table: Table) => void) {
    this.#maxBytes = maxBytes
    this.#gone = gone
  }

  get isEmpty(): boolean {
    return this.#tables.size === 0
  }

  get(name: string): Table | undefined {
    return this.#tables.get(name)
  }

  set(name: string, table: Table): void {
    this.#tables.set(name, table)
  }

  values(): Iterable<Table> {
    return this.#tables.values()
  }

  /** To be called when something has come. */
  makeRoom(): void {
    while (this.count.bytes > this.#maxBytes && !this.isEmpty) {
      const [name, table] = this.#tables.entries().next().value!
      table.forgetHalf()
      this.#tables.delete(name)
      if (table.isEmpty) this.#gone(name, table)
      else this.#tables.set(name, table)
    }
  }

  clear(): void {
    this.#tables.clear()
    this.count.clear()
  }
}
