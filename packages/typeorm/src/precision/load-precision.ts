import type { SeenSet, WantedSets } from '@freshet/core/adapter'
import type { MembersQuery, ValueOfJoined } from './members.js'
import type { PreciseRead, ReadPrecision } from './read-precision.js'
import { seenSets } from './seen-sets.js'
import type { KeptRows } from './kept-rows.js'
import type { TablePrecisions } from './table-precision.js'

/** A statement that a load sent, and the rows that it gave, as the driver gives them. */
export interface SentRead {
  readonly sql: string
  readonly parameters: readonly unknown[] | undefined
  readonly rows: unknown
  /** What it depends on, once that has been asked for. */
  told?: PreciseRead
}

/** What an answer depends on that several statements make: the keys of a page and its rows, relations, counts. */
export interface PreciseLoad {
  /** Known before the load. */
  readonly tags: readonly string[]
  /** To be read before the load and again after the generations of the late tags. */
  readonly clocks: readonly string[]
  /** The tags that follow from what was sent; `undefined`: it cannot be told, and the clocks stay. */
  lateTags(sent: readonly SentRead[]): readonly string[] | undefined
  /** What is kept with the answer, for changes that do not name what it depends on; `undefined`: nobody can tell. */
  kept(sent: readonly SentRead[]): KeptRows | undefined
  /** The sets of which it shows all rows, if somebody may ask for them. */
  seenSets(sent: readonly SentRead[], wanted: WantedSets): readonly SeenSet[]
  /** What would have to be asked to know which rows it is made of, where it shows none of them; mostly nothing. */
  members(sent: readonly SentRead[], valueOf: ValueOfJoined): readonly MembersQuery[]
  /** All tables that its statements read. */
  readonly tables: readonly string[]
}

export interface LoadPrecisionOptions {
  readonly precision: ReadPrecision
  readonly tables: TablePrecisions
  /** As {@link ReadPrecisionOptions.tablesOf}. */
  readonly tablesOf: (sql: string) => readonly string[] | undefined
  readonly anyTable: string
}

/** Past this, what several statements depend on is told by their tables. */
const maxTags = 500

/**
 * Tells what a load depends on of which only the first statement is known before it.
 *
 * @param named all tables that its statements read; `undefined`: nobody can tell. A statement that reads another has the
 * clocks stay.
 * @param first the first statement; `undefined`: it is not known either.
 */
export function preciseLoad(
  { precision, tables, tablesOf, anyTable }: LoadPrecisionOptions,
  named: readonly string[] | undefined,
  first: PreciseRead | undefined,
): PreciseLoad {
  if (named === undefined)
    return {
      tags: [anyTable],
      clocks: [],
      lateTags: () => [],
      kept: () => undefined,
      seenSets: () => [],
      members: () => [],
      tables: [],
    }
  const toldOf = (one: SentRead): PreciseRead => (one.told ??= precision.read(one.sql, one.parameters))
  const known = named.map((name) => tables.of(name))
  const texts = known.flatMap(({ grain, texts: own }) =>
    grain === 'table' ? [own.table, own.clock] : [own.table],
  )
  const keptOf = (sent: readonly SentRead[]): KeptRows | undefined => {
    const reads = sent.map(toldOf)
    // What one statement leaves out another may show.
    const judged = new Set(reads.flatMap((read) => [...read.judged]))
    const all: { shown: KeptRows['shown'][number][]; judged: KeptRows['judged'][number][] } = {
      shown: [],
      judged: [],
    }
    for (const [at, read] of reads.entries()) {
      const kept = read.kept(sent[at]!.rows, judged, all.shown.length)
      if (kept === undefined) return undefined
      all.shown.push(...kept.shown)
      all.judged.push(...kept.judged)
    }
    return all
  }
  return {
    tags: [...new Set([...(first?.tags ?? []), ...texts])],
    clocks: known.filter(({ grain }) => grain === 'row').map(({ texts: own }) => own.clock),
    lateTags(sent) {
      const tags = new Set<string>()
      for (const one of sent) {
        if (tablesOf(one.sql)?.every((name) => named.includes(name)) !== true) return undefined
        const read = toldOf(one)
        const late = read.lateTags(one.rows)
        if (late === undefined) return undefined
        for (const tag of read.tags) tags.add(tag)
        for (const tag of late) tags.add(tag)
        if (tags.size > maxTags) return undefined
      }
      return [...tags]
    },
    kept: keptOf,
    seenSets(sent, wanted) {
      const whole = sent.flatMap((one) => toldOf(one).wholeSets(one.rows, wanted))
      return whole.length === 0 ? [] : seenSets(whole, keptOf(sent)?.shown ?? [])
    },
    members: (sent, valueOf) => sent.flatMap((one) => toldOf(one).members(valueOf)),
    tables: named,
  }
}

/** What an answer depends on that these statements make, all of which are known before it. */
export function combineReads(reads: readonly PreciseRead[]): Omit<
  PreciseRead,
  'lateTags' | 'explain' | 'kept' | 'judged' | 'wholeSets' | 'members'
> & {
  /** @param rows of each statement, in their order */
  lateTags(rows: readonly unknown[]): readonly string[] | undefined
} {
  return {
    tags: [...new Set(reads.flatMap(({ tags }) => tags))],
    clocks: [...new Set(reads.flatMap(({ clocks }) => clocks))],
    lateTags(rows) {
      const late = reads.map((read, at) => read.lateTags(rows[at]))
      return late.includes(undefined) ? undefined : [...new Set(late.flatMap((tags) => tags ?? []))]
    },
  }
}
