import type { PreparedCut, PreparedRead, ReadPlan as RowPlan } from '@freshet/sql'
import { prepareRead } from '@freshet/sql'
import type { Joined } from './joined-rows.js'
import type { KnownPlace, KnownPlaces } from './known-place.js'
import type { Candidate, PlaceContext, PlannedPlace } from './place.js'
import { judgedSets, planPlace } from './place.js'
import type { TablePrecisions } from './table-precision.js'

/** What can be told of one text, whatever values it is sent with. */
export interface ReadPlan {
  /** Carried by all sendings. */
  readonly tags: readonly string[]
  readonly places: readonly PlannedPlace[]
  /** Why parts of it have table precision, by the tables' tags. */
  readonly wide: ReadonlyMap<string, string>
  /** Of sendings in which every place is pinned as well as it can be: all tags but those of values. */
  readonly usual: readonly string[]
  readonly usualChoice: Choice
  readonly usualPins: readonly Candidate[]
  /** What cuts off the rows that are given; `undefined`: nothing that can be told. */
  readonly cut: Cut | undefined
  /** The tags of tables of which some rows can be left out although nothing names them. */
  readonly judged: ReadonlySet<string>
  tells(parameters: readonly unknown[] | undefined): boolean
  /** Whether all rows are given that there are, if so many are. */
  givesAll(rows: number, parameters: readonly unknown[] | undefined): boolean
  /** Instead of everything else, for values of which nothing is told. */
  readonly widest: readonly string[]
}

/** An order by whole numbers first, of which some rows are given. */
export interface Cut extends Omit<PreparedCut, 'place'> {
  /** Of the plan's places. */
  readonly place: number
  /** How rows of other places join its rows, by the numbers of these. */
  readonly joined: ReadonlyMap<number, Joined>
}

/** How each place is pinned; `undefined`: not by the values. */
export type Choice = readonly (Candidate | undefined)[]

export interface Planning extends PlaceContext {
  readonly anyTable: string
  /** A table and, if it is a view or made from others, these; `undefined`: nobody can tell. */
  behind(table: string): readonly string[] | undefined
}

/**
 * Makes the plan of a text.
 *
 * @param named the tables that it names, and those that the views among them are made from; `undefined`: nobody can tell
 */
export function planSelect(
  plan: RowPlan,
  named: readonly string[] | undefined,
  planning: Planning,
): ReadPlan {
  const { tables, anyTable } = planning
  if (named === undefined) return wideOf([anyTable], new Map([[anyTable, 'nobody can tell what it reads']]))
  const prepared = prepareRead(plan, (table) => tables.columnsOf(table))
  const reason = plan.kind === 'unknown' ? plan.reason : ''
  const told = prepared === undefined ? undefined : placesOf(prepared, named, planning)
  if (told === undefined) return planTables(named, tables, reason)
  const { known, apart } = told
  const planned = known.map((place) =>
    place === undefined || place.read.isUnused ? undefined : planPlace(place, known, planning),
  )
  const places = planned.filter((place) => place !== undefined)
  const rest = planTables(apart, tables, 'its rows are not told apart')
  const tags = new Set(rest.tags)
  for (const place of known) if (place !== undefined) tags.add(place.table.texts.table)
  return prepare({
    tags: [...tags],
    places,
    cut: cutOf(prepared!, planned),
    wide: rest.wide,
    tells: (parameters) => prepared!.tells(parameters),
    givesAll: (rows, parameters) => prepared!.givesAll(rows, parameters),
    widest: planTables(named, tables, '').tags,
  })
}

type Told = Pick<ReadPlan, 'tags' | 'places' | 'cut' | 'wide' | 'tells' | 'givesAll' | 'widest'>

function cutOf({ cut }: PreparedRead, planned: readonly (PlannedPlace | undefined)[]): Cut | undefined {
  const place = cut && planned[cut.place]
  if (cut === undefined || place === undefined) return undefined
  const places = planned.filter((one) => one !== undefined)
  const joined = new Map(place.joined.map((one) => [places.indexOf(planned[one.place]!), one]))
  return { ...cut, place: places.indexOf(place), joined }
}

/** What cuts rows off, what is derived or compared, and what is of some sets, leaves rows of its table out. */
const judgedTables = ({ places, cut }: Told): ReadonlySet<string> =>
  new Set(
    places
      .filter(
        (place, at) =>
          place.derived.length > 0 ||
          place.joined.length > 0 ||
          place.compared.size > 0 ||
          (cut?.place === at && (cut.skips || place.named !== undefined)) ||
          cut?.joined.has(at) === true ||
          judgedSets(place, place.candidates[0]) !== undefined,
      )
      .map(({ table }) => table.texts.table),
  )

/** Does what can be done before values are known. */
function prepare(told: Told): ReadPlan {
  const usualChoice = told.places.map(({ candidates }) => candidates[0])
  return {
    ...told,
    usual: tagsBeside(told, usualChoice),
    usualChoice,
    usualPins: usualChoice.filter((candidate) => candidate !== undefined),
    judged: judgedTables(told),
  }
}

/** All tags but those of values. */
export function tagsBeside({ tags, places }: Pick<ReadPlan, 'tags' | 'places'>, choice: Choice): string[] {
  const all = new Set(tags)
  for (const [at, { otherwise }] of places.entries())
    for (const tag of choice[at]?.tags ?? otherwise) all.add(tag)
  return [...all]
}

/** The places, without those of tables that are not told apart, and the names of all such tables. */
function placesOf(
  { places }: PreparedRead,
  named: readonly string[],
  { tables, behind }: Planning,
): { readonly known: KnownPlaces; readonly apart: readonly string[] } | undefined {
  const known: (KnownPlace | undefined)[] = []
  // SQLite reads a table in `IN name`, too.
  const apart = new Set(named)
  const wide = new Set<string>()
  for (const read of places) {
    const name = read.table.name.toLowerCase()
    // A name in the text that the two analyses do not both find is understood by neither.
    if (!named.includes(name)) return undefined
    const table = tables.of(name)
    const columns = tables.columnsOf(read.table)
    const isKnown = table.grain === 'row' && columns !== undefined
    known.push(isKnown ? { name, read, table, columns } : undefined)
    // What is behind a view may stand in the text by itself as well.
    if (!isKnown) for (const one of behind(name) ?? named) wide.add(one)
    apart.delete(name)
  }
  return { known, apart: [...new Set([...apart, ...wide])] }
}

/** By the tables alone: any write to one of them. */
function planTables(named: readonly string[], tables: TablePrecisions, reason: string): ReadPlan {
  const wide = new Map<string, string>()
  const tags: string[] = []
  for (const name of named) {
    const table = tables.of(name)
    tags.push(table.texts.table, table.texts.clock)
    wide.set(table.texts.table, table.grain === 'table' ? table.reason : reason)
  }
  return wideOf(tags, wide)
}

const wideOf = (tags: readonly string[], wide: ReadonlyMap<string, string>): ReadPlan => ({
  tags,
  places: [],
  wide,
  usual: tags,
  usualChoice: [],
  usualPins: [],
  cut: undefined,
  judged: new Set(),
  tells: () => true,
  givesAll: () => false,
  widest: tags,
})
