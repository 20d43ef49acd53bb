import type { DataModel, ForeignKey, Model, RelationField, ScalarField } from '../schema/data-model.js'
import type { ReadPlan as TablesPlan } from '../dependencies/read-plan.js'
import { entriesOf, isPlain, NotUnderstood } from './arguments.js'
import type { JoinTable } from './join-table.js'
import { createPlace, type Place } from './place.js'
import type { Pins } from './pins.js'
import type { PreciseTable, TablePrecision, TablePrecisions } from './table-precision.js'

/** What all plans of a client are made from. */
export interface Schema {
  readonly dataModel: DataModel
  readonly joinTables: ReadonlyMap<string, JoinTable>
  readonly tables: TablePrecisions
  /** Which tables a model's rows come from. */
  readonly behind: ReadonlyMap<string, TablesPlan>
  readonly globalOmit: unknown
  /** Whether there are computed fields, of any model. */
  readonly computesFields: boolean
  readonly isEnforced: (foreignKey: ForeignKey) => boolean
  /** Whether the database lets no two rows of a table have one value in a column. */
  readonly isUnique: (table: string, column: string) => boolean
}

/** A plan as it is being made. */
export class Planning {
  readonly schema: Schema
  /** The arguments of the whole operation. */
  readonly args: unknown
  readonly places: Place[] = []
  readonly tags = new Set<string>()
  readonly wide = new Map<string, string>()

  constructor(schema: Schema, args: unknown) {
    this.schema = schema
    this.args = args
  }

  modelOf(field: RelationField): Model {
    const model = this.schema.dataModel.models.get(field.model)
    if (model === undefined) throw new NotUnderstood(`nothing describes the model ${field.model}`)
    return model
  }

  /** The columns of a table that can be told apart; of one that is wide, what it carries is settled by this. */
  precise(table: string): PreciseTable | undefined {
    const precision = this.schema.tables.of(table)
    this.tags.add(precision.texts.table)
    if (precision.grain === 'row') return precision
    this.tags.add(precision.texts.clock)
    this.wide.set(precision.texts.table, precision.reason)
    return undefined
  }

  /** @returns `undefined` where the table is wide: then nothing more need be known of the place. */
  place(
    model: Model,
    given: { readonly pins?: Pins; readonly hidesRows?: boolean; readonly isReferenced?: boolean },
  ): Place | undefined {
    for (const table of this.#tablesBehind(model)) this.precise(table)
    const table = this.precise(model.table)
    if (table === undefined) return undefined
    const place = createPlace(table, given)
    this.places.push(place)
    return place
  }

  /** The rows of a join table are never shown themselves. */
  join(table: PreciseTable, pins: Pins, joinedAt: string | undefined): Place {
    const place = createPlace(table, { pins, hidesRows: true, joinedAt })
    place.decided.add('A').add('B')
    this.places.push(place)
    return place
  }

  /** Whether the database holds the rows of a join table to those at both ends: none of them leads to nothing. */
  holdsBothEnds({ table }: JoinTable): boolean {
    const { dataModel, isEnforced } = this.schema
    return dataModel.foreignKeys.filter(({ child }) => child === table).every((key) => isEnforced(key))
  }

  #tablesBehind({ name, table }: Model): readonly string[] {
    const tables = this.schema.behind.get(name)?.tables
    if (tables === undefined) throw new NotUnderstood(`nobody knows what the view ${name} is made from`)
    const others = tables.filter((other) => other !== table)
    for (const other of others) {
      const { texts } = this.schema.tables.of(other)
      this.tags.add(texts.clock)
      this.wide.set(texts.table, `${name} is made from it`)
    }
    return others
  }
}

export function scalarOf(model: Model, name: string): ScalarField | undefined {
  const field = model.fields.get(name)
  return field?.kind === 'scalar' ? field : undefined
}

export function relationOf(model: Model, name: string): RelationField | undefined {
  const field = model.fields.get(name)
  return field?.kind === 'relation' ? field : undefined
}

/** The field that shows a column. */
export function fieldOf(model: Model, column: string): ScalarField | undefined {
  for (const field of model.fields.values())
    if (field.kind === 'scalar' && field.column === column) return field
  return undefined
}

export const columnsOf = (model: Model): readonly string[] =>
  [...model.fields.values()].flatMap((field) => (field.kind === 'scalar' ? [field.column] : []))

/** Of the columns of two tables, whether what equals in one equals in the other. */
export function compareAlike(
  own: TablePrecision,
  ownColumns: readonly string[],
  far: TablePrecision,
  farColumns: readonly string[],
): boolean {
  if (own.grain !== 'row' || far.grain !== 'row') return false
  return ownColumns.every((column, at) => {
    const kind = own.columns.named(column)?.column.type?.kind
    return kind !== undefined && kind === far.columns.named(farColumns[at]!)?.column.type?.kind
  })
}

/** What `omit: { user: { password: true } }`, given to the client, leaves out of a model. */
export function globallyOmitted({ globalOmit }: Schema, { name }: Model): ReadonlySet<string> {
  if (!isPlain(globalOmit)) return new Set()
  const own = entriesOf(globalOmit, 'omit').filter(
    ([key]) => key === name || key === name.charAt(0).toLowerCase() + name.slice(1),
  )
  return new Set(
    own.flatMap(([, fields]) =>
      entriesOf(fields, 'omit').flatMap(([field, isOmitted]) => (isOmitted === false ? [] : [field])),
    ),
  )
}
