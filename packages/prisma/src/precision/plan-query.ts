import { isSameKey } from '@freshet/core/adapter'
import type { Model } from '../schema/data-model.js'
import { entriesOf, isPlain, itemsOf, NotUnderstood } from './arguments.js'
import { addColumn, walkOrder } from './order.js'
import { noPins } from './pins.js'
import { compareAlike, fieldOf, type Planning, scalarOf } from './plan-context.js'
import type { Cut, NamedRows, ReadPlan, ShownLink, ShownRelation, ShownRows, WholeSet } from './read-plan.js'
import { followRelation, type Origin, type Related } from './related-places.js'
import { readSelection, type SelectedRelation, type Selection } from './selection.js'
import { walkWhere } from './where.js'
import { wherePins } from './where-pins.js'

/** Plans an operation that shows rows. */
export function planRows(
  planning: Planning,
  model: Model,
  dataPath: readonly string[],
  isOne: boolean,
): Pick<ReadPlan, 'shown' | 'cut'> {
  const pins = wherePins(planning, model, whereOf(planning.args), ['where'])
  const place = planning.place(model, { pins })
  const origin = { model, place, pins }
  const shown = planShown(planning, origin, planning.args, [], dataPath)
  return { shown, cut: dataPath.length === 0 ? cutOf(origin, shown, planning.args, isOne) : undefined }
}

function cutOf(
  { model, place }: Origin,
  shown: ShownRows | undefined,
  args: unknown,
  isOne: boolean,
): Cut | undefined {
  if (!isPlain(args) || place === undefined || shown === undefined) return undefined
  const { take, skip, cursor, distinct } = args
  const skips = skip !== undefined && skip !== 0
  if (distinct !== undefined || cursor !== undefined || place.hidesRows !== skips) return undefined
  if ((take === undefined) !== isOne) return undefined
  const [first] = itemsOf(args['orderBy'], ['orderBy'])
  const [entry] = first === undefined ? [] : entriesOf(first.value, 'orderBy')
  const column = entry && scalarOf(model, entry[0])?.column
  const field = column === undefined ? undefined : shown.fields.get(column)
  if (field === undefined || place.table.columns.named(column!)?.column.type?.kind !== 'integer')
    return undefined
  const isFilter = place.filters.has(column!)
  return { column: [column!], field, path: [...first!.path, entry![0]], isOne, skips, isFilter }
}

/** Plans `count`, `aggregate` and `groupBy`: all rows matter, and none is shown. */
export function planSummary(planning: Planning, model: Model): void {
  const { args } = planning
  const pins = wherePins(planning, model, whereOf(args), ['where'])
  const origin = { model, place: planning.place(model, { pins, hidesRows: true }), pins }
  for (const [name, value] of entriesOf(args, 'the arguments')) {
    if (name.startsWith('_') || name === 'select') summarise(origin, name, value)
    else if (name === 'by') for (const field of [value].flat()) addNamed(origin, field)
    else if (name === 'having') walkWhere(planning, { ...origin, pins: noPins }, value, [name], 'may fail')
    else if (!isRowArgument(name)) throw new NotUnderstood(`${name} is not known`)
  }
  walkRowArguments(planning, origin, args, [])
}

function summarise(origin: Origin, name: string, value: unknown): void {
  // `_count: true` counts rows.
  if (value === true) return
  for (const [field] of entriesOf(value, name)) addColumn(origin, field, [name])
}

function addNamed({ model, place }: Origin, name: unknown): void {
  const field = typeof name === 'string' ? scalarOf(model, name) : undefined
  if (field === undefined) throw new NotUnderstood(`'distinct' and 'by' take names of fields`)
  place?.decided.add(field.column)
}

const whereOf = (args: unknown): unknown => (isPlain(args) ? args['where'] : undefined)

const rowArguments: ReadonlySet<string> = new Set(['where', 'cursor', 'orderBy', 'take', 'skip', 'distinct'])
const isRowArgument = (name: string): boolean => rowArguments.has(name)
const shownArguments: ReadonlySet<string> = new Set([
  ...rowArguments,
  'select',
  'include',
  'omit',
  'relationLoadStrategy',
])

/** What chooses and orders the rows of a place. */
function walkRowArguments(planning: Planning, origin: Origin, args: unknown, path: readonly string[]): void {
  const { where, cursor, orderBy, take, skip, distinct } = isPlain(args) ? args : {}
  const { model, place } = origin
  walkWhere(planning, origin, where, [...path, 'where'])
  if (place !== undefined) place.filters = new Set([...place.decided, ...place.compared.keys()])
  const isCut = [cursor, take, skip, distinct].some((argument) => argument !== undefined)
  // Prisma breaks ties by the key where it counts rows.
  if (isCut) addKey(origin)
  if (distinct !== undefined) for (const field of [distinct].flat()) addNamed(origin, field)
  if (place !== undefined && (cursor !== undefined || distinct !== undefined || (skip ?? 0) !== 0))
    place.hidesRows = true
  if (cursor !== undefined && cursor !== null) {
    addNames(origin, cursor, [...path, 'cursor'])
    walkOrder(planning, planCursor(planning, model, cursor, [...path, 'cursor']), orderBy, [
      ...path,
      'orderBy',
    ])
  }
  // A cursor's row need not be among those that the pins leave.
  const ordered = cursor === undefined ? origin : { ...origin, pins: noPins }
  walkOrder(planning, ordered, orderBy, [...path, 'orderBy'])
}

/** A cursor is a second place of its table, which the `where` says nothing of. */
function planCursor(planning: Planning, model: Model, cursor: unknown, path: readonly string[]): Origin {
  const pins = wherePins(planning, model, cursor, path)
  const origin = { model, place: planning.place(model, { pins, hidesRows: true }), pins }
  addNames(origin, cursor, path)
  addKey(origin)
  return origin
}

/** A cursor may name other columns beside its unique ones. */
function addNames(origin: Origin, cursor: unknown, path: readonly string[]): void {
  for (const [name, value] of entriesOf(cursor, path.join('.'))) {
    if (origin.model.compoundKeys.has(name)) addNames(origin, value, [...path, name])
    else addColumn(origin, name, path)
  }
}

function addKey({ model, place }: Origin): void {
  const names = (model.primaryKey === undefined ? model.uniques : [model.primaryKey]).flatMap(
    ({ fields }) => fields,
  )
  for (const name of names) {
    const field = scalarOf(model, name)
    if (field !== undefined) place?.decided.add(field.column)
  }
}

/** Rows of which some are shown, each with what it leads to. */
function planShown(
  planning: Planning,
  origin: Origin,
  args: unknown,
  path: readonly string[],
  dataPath: readonly string[],
  reached?: { readonly fields: ReadonlyMap<string, string> },
): ShownRows | undefined {
  for (const [name] of entriesOf(args, path.join('.') || 'the arguments'))
    if (!shownArguments.has(name)) throw new NotUnderstood(`${[...path, name].join('.')} is not known`)
  walkRowArguments(planning, origin, args, path)
  const selection = readSelection(planning.schema, origin.model, args, path)
  const [, field, ...rest] = dataPath
  if (field !== undefined) return planFluent(planning, origin, selection, field, rest)
  const named = nameRows(origin, selection, reached?.fields)
  const relations = selection.relations.map((relation) => planRelation(planning, origin, selection, relation))
  showPlace(origin, selection.columns, named !== undefined)
  const fields = fieldsShown(origin, selection)
  const whole = wholeSet(origin, args, path)
  return { place: indexOf(planning, origin.place), named, fields, relations, whole }
}

const leavesOut: readonly string[] = ['skip', 'cursor', 'distinct']

/** Of the answer's own rows, one condition tells which they are; of those that are reached, what leads to them. */
function wholeSet({ model }: Origin, args: unknown, path: readonly string[]): WholeSet | undefined {
  const entries = entriesOf(args, path.join('.'))
  if (entries.some(([name]) => leavesOut.includes(name))) return undefined
  const take = [...path, 'take']
  const where = entriesOf(whereOf(args), 'where')
  if (path.length > 0) return where.length === 0 ? { take, pinned: undefined } : undefined
  const [first, ...others] = where
  const isPinned = first !== undefined && scalarOf(model, first[0]) !== undefined
  return isPinned && others.length === 0 ? { take, pinned: ['where', first[0]] } : undefined
}

/** `prisma.user.findUnique(…).posts()`: of the user nothing is shown, not even whether it is the same. */
function planFluent(
  planning: Planning,
  origin: Origin,
  selection: Selection,
  name: string,
  dataPath: readonly string[],
): ShownRows | undefined {
  const [relation, ...others] = selection.relations
  if (relation === undefined || others.length > 0 || relation.field.name !== name || relation.isCount)
    throw new NotUnderstood(`the path to ${name} is not what is selected`)
  const hidden: Selection = { shows: () => false, columns: [], relations: [] }
  const { rows } = planRelation(planning, origin, hidden, { ...relation, isSeen: false }, dataPath)
  showPlace(origin, [], false)
  return rows
}

function showPlace({ place }: Origin, columns: readonly string[], isNamed: boolean): void {
  if (place === undefined) return
  // What a row leads to shows the columns by which it does.
  place.shown = [...new Set([...columns, ...place.leads])]
  place.isNamed = isNamed
}

const indexOf = (planning: Planning, place: Origin['place']): number | undefined =>
  place === undefined ? undefined : planning.places.indexOf(place)

/** @param reached by the row's columns: the fields of the row before it that hold the same values. */
function nameRows(
  { model, place }: Origin,
  selection: Selection,
  reached: ReadonlyMap<string, string> | undefined,
): NamedRows | undefined {
  const key = place?.table.rowKey
  if (place === undefined || key === undefined) return undefined
  const own = allOf(key.columns.map((column) => shownField(model, selection, column)))
  const fromParent = allOf(key.columns.map((column) => reached?.get(column)))
  return own === undefined && fromParent === undefined
    ? undefined
    : { table: place.table, key, own, fromParent }
}

function fieldsShown({ model, place }: Origin, selection: Selection): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (place === undefined) return fields
  for (const field of model.fields.values()) {
    if (field.kind !== 'scalar' || !selection.shows(field.name)) continue
    const isCompared = place.table.columns.named(field.column)?.column.type !== undefined
    if (isCompared) fields.set(field.column, field.name)
  }
  return fields
}

function shownField(model: Model, selection: Selection, column: string): string | undefined {
  const field = fieldOf(model, column)
  return field !== undefined && selection.shows(field.name) ? field.name : undefined
}

const allOf = (names: readonly (string | undefined)[]): readonly string[] | undefined =>
  names.every((name) => name !== undefined) ? names : undefined

/** Rows that are reached from shown ones, or only counted. */
function planRelation(
  planning: Planning,
  origin: Origin,
  selection: Selection,
  { field, isCount, args, path, isSeen = true }: SelectedRelation & { readonly isSeen?: boolean },
  dataPath: readonly string[] = [],
): ShownRelation {
  const where = whereOf(args)
  const own = wherePins(planning, planning.modelOf(field), where, [...path, 'where'])
  const related = followRelation(planning, origin, field, { own, hidesRows: isCount, isShown: true })
  const inner = { model: related.target, place: related.place, pins: related.pins }
  if (isCount) {
    for (const [name] of entriesOf(args, path.join('.')))
      if (name !== 'where') throw new NotUnderstood(`${[...path, name].join('.')} is not known`)
    walkWhere(planning, inner, where, [...path, 'where'])
    return {
      field: undefined,
      rows: undefined,
      links: linksOf(planning, origin, selection, related, undefined),
    }
  }
  const reached = reachedFields(origin, selection, related)
  const rows = planShown(planning, inner, args, path, dataPath, { fields: reached })
  const far = isSeen ? readSelection(planning.schema, related.target, args, path) : undefined
  const links = linksOf(planning, origin, selection, related, far)
  return { field: field.name, rows, links }
}

/** By the columns of the far row that the own row holds as well. */
function reachedFields(
  { model }: Origin,
  selection: Selection,
  { ends }: Related,
): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  if (ends.kind !== 'direct' || ends.held === undefined) return fields
  for (const [at, column] of ends.own.entries()) {
    const field = shownField(model, selection, column)
    if (field !== undefined) fields.set(ends.far[at]!, field)
  }
  return fields
}

/** The sets that each row in the result pins, if it shows the columns by which it does. */
function linksOf(
  planning: Planning,
  origin: Origin,
  selection: Selection,
  related: Related,
  far: Selection | undefined,
): readonly ShownLink[] {
  const link =
    related.ends.kind === 'direct'
      ? directLink(planning, origin, selection, related, far)
      : joinedLink(planning, origin, selection, related, far)
  return link === undefined ? [] : [link]
}

function directLink(
  planning: Planning,
  { model }: Origin,
  selection: Selection,
  { ends, place, target }: Related,
  far: Selection | undefined,
): ShownLink | undefined {
  if (ends.kind !== 'direct' || !ends.isTold || place === undefined || place.isReferenced) return undefined
  const key = place.table.keys.find(({ columns }) => isSameKey(columns, ends.far))
  const here = planning.schema.tables.of(model.table)
  if (key === undefined || !compareAlike(here, ends.own, place.table, ends.far)) return undefined
  const own = key.columns.map((column) => ends.own[ends.far.indexOf(column)]!)
  const fields = allOf(own.map((column) => shownField(model, selection, column)))
  // A row that leads to one row at most holds what that row is known by.
  const farFields =
    ends.held === undefined || far === undefined
      ? undefined
      : allOf(key.columns.map((column) => shownField(target, far, column)))
  if (fields === undefined && farFields === undefined) return undefined
  place.linkedBy = [key]
  return { place: planning.places.indexOf(place), keys: [key], fields, farFields, between: undefined }
}

function joinedLink(
  planning: Planning,
  { model }: Origin,
  selection: Selection,
  { ends, place, between, target }: Related,
  far: Selection | undefined,
): ShownLink | undefined {
  if (ends.kind !== 'joined' || between === undefined) return undefined
  const sides = ends.own.map(({ column }) => column)
  const keys = sides.flatMap(
    (side) => between.table.keys.find(({ columns }) => isSameKey(columns, [side])) ?? [],
  )
  const field = shownField(model, selection, ends.ownColumn)
  const here = planning.schema.tables.of(model.table)
  const there = planning.schema.tables.of(target.table)
  const isComparable = sides.every((side) => compareAlike(here, [ends.ownColumn], between.table, [side]))
  if (field === undefined || !isComparable || keys.length < sides.length) return undefined
  between.linkedBy = keys
  const farField = far && shownField(target, far, ends.farColumn)
  const key = between.table.rowKey
  const isFarComparable = sides.every((side) =>
    compareAlike(there, [ends.farColumn], between.table, [side === 'A' ? 'B' : 'A']),
  )
  const isNamed = key !== undefined && farField !== undefined && isFarComparable && place?.hidesRows === false
  const isHeld = place?.isReferenced === true
  if (isNamed) {
    between.hidesRows = false
    between.shown = ['A', 'B']
    between.isNamed = true
  }
  return {
    place: planning.places.indexOf(between),
    keys,
    fields: [field],
    farFields: undefined,
    between: isNamed ? { table: between.table, key, far: farField, parentIs: sides, isHeld } : undefined,
  }
}
