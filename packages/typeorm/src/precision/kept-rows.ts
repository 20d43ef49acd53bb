import type { KeyValues } from '@freshet/sql'
import type { AppliedRead } from './applied-read.js'
import type { JudgedGroup } from './judged-group.js'
import { judgedGroup } from './judged-group.js'
import { maxLate } from './late-tags.js'
import type { Candidate, PlannedPlace } from './place.js'
import type { Cut, ReadPlan } from './read-plan.js'
import { comparable, type GroupShown, keyText, readGroup, type ShownGroup } from './shown-group.js'

/** What is kept with an answer, for changes that do not name what it depends on: plain data. */
export interface KeptRows {
  /** The rows on which it depends by their names. */
  readonly shown: readonly ShownGroup[]
  /** What leaves other rows out. */
  readonly judged: readonly JudgedGroup[]
}

/** A text that was sent with these values. */
export interface Asked extends Pick<AppliedRead, 'choice'> {
  readonly plan: ReadPlan
  readonly parameters: readonly unknown[] | undefined
}

type Row = Readonly<Record<string, unknown>>

/**
 * @param rows as the driver gives them
 * @param judged the tags of tables of whose rows the whole answer leaves some out
 * @param before how many groups of shown rows are kept of other statements, in front of these
 */
export function keptRows(
  asked: Asked,
  rows: readonly unknown[],
  judged: ReadonlySet<string>,
  before: number,
): KeptRows {
  const { plan, choice, parameters } = asked
  const shown: ShownGroup[] = []
  const groups: JudgedGroup[] = []
  for (const [at, place] of plan.places.entries()) {
    const pinned = choice[at]?.rowKey === undefined ? undefined : choice[at]
    const isShown = pinned !== undefined || place.named !== undefined
    if (judged.has(place.table.texts.table)) {
      const cut = plan.cut?.place === at && (isShown || plan.cut.skips) ? plan.cut : undefined
      const cutRows = cut && {
        cut,
        isFull: isFull(cut, rows, parameters),
        ends: endsOf(cut, rows as readonly Row[]),
      }
      const page = joinedPage(plan, at, rows as readonly Row[], parameters)
      const parts = { cutRows, page, shownAt: isShown ? before + shown.length : -1 }
      groups.push(judgedGroup(place, choice[at], parameters, parts))
    }
    if (!isShown) continue
    const values = valuesOf(place, rows as readonly Row[])
    const hidden = pinned && hiddenKeys(pinned, parameters, values)
    const isWhole = values !== undefined && (pinned === undefined || hidden !== undefined)
    shown.push([place.shownColumns().shape, isWhole, ...(values?.all ?? [])])
    if (isWhole && hidden !== undefined && hidden.length > 0)
      shown.push([place.shownColumns().keysShape, true, ...hidden.flat()])
  }
  return { shown, judged: groups }
}

/**
 * The keys of rows that were asked for and are not shown: they may be there, and not be what else was asked for. `undefined`: not known.
 */
function hiddenKeys(
  { pins, key: { types } }: Candidate,
  parameters: readonly unknown[] | undefined,
  values: Values | undefined,
): readonly KeyValues[] | undefined {
  const asked = pins(parameters)
  if (asked === undefined || values === undefined) return undefined
  if (asked.length === values.keys.size) return []
  // The normal form of a whole number is one of its values.
  if (types.some(({ kind }) => kind !== 'integer')) return undefined
  return asked.filter((key) => !values.keys.has(keyText(key)))
}

/** The rows of a place that an answer shows. @returns not whole where one of them has no name */
export function shownAt(place: PlannedPlace, rows: readonly Row[]): GroupShown {
  const values = valuesOf(place, rows)
  return readGroup([place.shownColumns().shape, values?.hidesNone === true, ...(values?.all ?? [])])
}

/** Where fewer rows are given than were asked for, any may come. */
function isFull(cut: Cut, rows: readonly unknown[], parameters: readonly unknown[] | undefined): boolean {
  const limit = cut.limit(parameters)
  return limit !== undefined && rows.length >= limit
}

/** Of a place that joins the rows of a page, if as many of these are shown as were asked for. */
function joinedPage(
  { cut, places }: ReadPlan,
  at: number,
  rows: readonly Row[],
  parameters: readonly unknown[] | undefined,
) {
  const joined = cut?.joined.get(at)
  if (joined === undefined || !isFull(cut!, rows, parameters)) return undefined
  return { joined, of: places[cut!.place]!, cut: cut!, last: comparable(rows.at(-1)?.[cut!.name]) }
}

/** Where rows are skipped nothing names those that are given. */
const endsOf = ({ name, skips }: Cut, rows: readonly Row[]): readonly unknown[] =>
  skips ? [rows[0], rows.at(-1)].map((row) => comparable(row?.[name])) : []

interface Values {
  readonly all: readonly unknown[]
  /** The texts of their keys. */
  readonly keys: ReadonlySet<string>
  /** Whether each row that may be there is named. */
  readonly hidesNone: boolean
}

/** `undefined` if there are more rows than are named. */
function valuesOf({ named, shownColumns }: PlannedPlace, rows: readonly Row[]): Values | undefined {
  const all: unknown[] = []
  const seen = new Set<string>()
  if (named === undefined) return { all, keys: seen, hidesNone: false }
  let hidesNone = true
  const columns = shownColumns().values
  for (const row of rows) {
    const key = named.values.map(({ name }) => row[name])
    // There is no row here, or it is not named.
    if (key.includes(null)) {
      hidesNone &&= named.values.some(({ isNull }, part) => isNull === 'absent' && key[part] === null)
      continue
    }
    const text = keyText(key)
    if (seen.has(text)) continue
    if (seen.size === maxLate) return undefined
    seen.add(text)
    // One to which another leads need not be there for this answer, and shows NULLs then which it does not have.
    const isThere = columns.some(({ name, isOwn }) => isOwn && row[name] !== null)
    for (const { name, isOwn } of columns) {
      const value = row[name]
      all.push(value === null ? (isOwn && isThere ? null : undefined) : comparable(value))
    }
  }
  return { all, keys: seen, hidesNone }
}
