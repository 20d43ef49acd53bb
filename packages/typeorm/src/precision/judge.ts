import {
  type ConditionalChange,
  type JudgedTags,
  type KeptAt,
  type OtherAnswers,
  type RowsElsewhere,
  type RowsShown,
  type TrackedRow,
  WantedSets,
} from '@freshet/core/adapter'
import type { ValueType } from '@freshet/sql'
import { isBesides } from './besides.js'
import type { Joined } from './joined-rows.js'
import type { KeptRows } from './kept-rows.js'
import { KnownElsewhere } from './known-elsewhere.js'
import { judgedSets, tagsOfPlace } from './place.js'
import type { ReadPlan } from './read-plan.js'
import { readGroup, type RowShown, type ShownGroup } from './shown-group.js'
import type { PreciseTable, TablePrecisions, WatchedKey } from './table-precision.js'
import { TrackedColumns } from './tracked-columns.js'

interface JudgeParts {
  readonly tables: TablePrecisions
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly judged: JudgedTags
}

/** Judges answers of one DataSource by what rows have that they do not show. */
export class Judge {
  readonly #parts: JudgeParts
  readonly #tracked = new TrackedColumns()
  readonly #sets = new WantedSets()
  /** For the answer that was judged last: it is held against many changes. */
  #known: KnownElsewhere | undefined

  constructor(parts: JudgeParts) {
    this.#parts = parts
  }

  /** To be called before an answer of the plan is stored. */
  planned(plan: ReadPlan): void {
    const { places, judged } = plan
    this.#parts.judged.addAll(this.#tracked.want(plan))
    for (const { namesByFew, table } of places) if (namesByFew) this.#parts.judged.addNames(table.texts)
    for (const place of places) {
      if (!judged.has(place.table.texts.table)) continue
      for (const derived of place.derived) this.#parts.elsewhere.want(derived)
      for (const chosen of place.candidates) this.#wantSets(place.table, judgedSets(place, chosen))
      for (const { table, near, far, value } of place.joined) {
        if ('unique' in value) this.#parts.elsewhere.want(value)
        for (const key of [near, far]) this.#wantSets(table, key)
      }
      for (const chosen of [undefined, ...place.candidates])
        this.#parts.judged.addAll(tagsOfPlace(place, chosen))
    }
  }

  #wantSets(table: PreciseTable, key: WatchedKey | undefined): void {
    if (key === undefined) return
    this.#sets.want(table, key)
    this.#parts.judged.addAll([table.texts.clock])
  }

  /** As of core. @param scope what the answer may be seen by */
  isBesides(
    kept: KeptRows | undefined,
    change: ConditionalChange,
    others: OtherAnswers,
    scope: string,
  ): boolean {
    if (kept === undefined) return false
    const known = this.#tracked.isStopped ? { ...change, moved: undefined, at: undefined } : change
    return isBesides(kept, known, this.#knownBy(others, scope))
  }

  #knownBy(others: OtherAnswers, scope: string): KnownElsewhere {
    if (this.#known?.others !== others || this.#known.scope !== scope)
      this.#known = new KnownElsewhere({ ...this.#parts, others, scope })
    return this.#known
  }

  /** What rows between have that lead to the other row, in its normal form; `undefined`: not known. Not of what is read in a scope. */
  joinedValue(
    { value }: Joined,
    parameters: readonly unknown[] | undefined,
    others: OtherAnswers,
  ): string | undefined {
    if ('normal' in value) return value.normal(parameters)
    const known = new KnownElsewhere({ ...this.#parts, others, scope: '' })
    return known.valueOf({ ...value, table: value.table.name }, value.value(parameters))
  }

  /** Something is read in a scope. */
  isScoped(): void {
    this.#tracked.stop()
  }

  /** What an answer that has just been stored shows of columns of which somebody may ask what rows had in them. */
  tracked(shown: readonly ShownGroup[] | undefined): readonly TrackedRow[] {
    return this.#tracked.rowsIn(shown)
  }

  /** The sets of which somebody may ask what an answer shows; `undefined`: nobody does. */
  get wantedSets(): WantedSets | undefined {
    return this.#sets.isEmpty || this.#tracked.isStopped ? undefined : this.#sets
  }

  /**
   * An answer is about to be kept: it may tell others of its rows.
   *
   * @param names the tables that it reads
   * @param shownIn the rows that an answer shows, as it is stored
   */
  note(
    at: KeptAt,
    names: readonly string[],
    answer: unknown,
    shownIn: (answer: unknown) => readonly ShownGroup[] | undefined,
  ): void {
    const { tables, elsewhere } = this.#parts
    for (const name of names) {
      const table = elsewhere.isWanted(name) ? tables.of(name) : undefined
      const columns = tables.columnsOf({ name })?.all.map((column) => column.name)
      if (table?.grain !== 'row' || columns === undefined) continue
      const shown: RowsShown<ValueType> = {
        table,
        columns,
        rowsOf: (value) =>
          (shownIn(value) ?? [])
            .map(readGroup)
            .filter(({ shape }) => shape.table === table.texts.table)
            .flatMap(({ rows }) => rows),
        valueOf: (row, column) => (row as RowShown).valueOf(column),
      }
      elsewhere.note(at, shown, answer, names.length)
    }
  }
}
