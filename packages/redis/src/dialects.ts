import type { Dialect, Space } from '@freshet/core/store'
import type { Reading } from './readings.js'
import { dialectIn } from './vector.js'

/** The table of a tag with its prefix, and what this process means by it. */
interface Spoken {
  /** The table's own tag. */
  readonly table: string
  readonly id: string
  readonly clock: string
}

const nobody: ReadonlyMap<string, string> = new Map()

/**
 * What this process means by the tags of its tables. The generation of a table's own tag says who has written the table:
 *
 * | the table's generation | reads of this process carry | writes of this process         |
 * |------------------------|-----------------------------|--------------------------------|
 * | names its own dialect  | what they were told         | leave it                       |
 * | names another          | its clock as well           | replace it, and name both      |
 * | names several          | its clock as well           | see that theirs is among them  |
 * | names none             | its clock as well           | name theirs                    |
 *
 * So what is told apart lives only under a generation that a write of another dialect replaces, and all else falls with every
 * write.
 */
export class Dialects {
  readonly #bySpace = new Map<string, readonly Spoken[]>()
  #byTable = new Map<string, Spoken>()
  #byClock = new Map<string, Spoken>()

  speak({ prefix }: Space, dialects: ReadonlyMap<string, Dialect>): void {
    this.#bySpace.set(
      prefix,
      Array.from(dialects, ([table, { id, clock }]) => ({
        table: prefix + table,
        id,
        clock: prefix + clock,
      })),
    )
    const all = [...this.#bySpace.values()].flat()
    this.#byTable = new Map(all.map((spoken) => [spoken.table, spoken]))
    this.#byClock = new Map(all.map((spoken) => [spoken.clock, spoken]))
  }

  /** What this process means by a table, by its own tag. */
  idOf(name: string): string | undefined {
    return this.#byTable.get(name)?.id
  }

  /** The clocks that must stand beside these tags, as their tables may be written in another dialect. */
  clocksBeside(names: readonly string[], readings: readonly Reading[]): readonly string[] {
    if (this.#byTable.size === 0) return none
    const clocks = names.flatMap((name, index) => {
      const spoken = this.#byTable.get(name)
      const { value } = readings[index]!
      return spoken === undefined || (value !== undefined && dialectIn(value) === spoken.id)
        ? none
        : [spoken.clock]
    })
    return clocks.length === 0 ? none : clocks
  }

  /** The tables that a change of these tags concerns by this process's dialect alone: their tags, and its name. */
  changedIn(names: readonly string[]): ReadonlyMap<string, string> {
    if (this.#byClock.size === 0) return nobody
    const tables = new Map<string, string>()
    for (const name of names) {
      const spoken = this.#byClock.get(name)
      // What changes the table's own tag is understood by everybody.
      if (spoken !== undefined && !names.includes(spoken.table)) tables.set(spoken.table, spoken.id)
    }
    return tables
  }
}

const none: readonly string[] = []
