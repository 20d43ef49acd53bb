import type { DataModel } from '../schema/data-model.js'

/** The table of an implicit many-to-many relation: `A` and `B` hold the keys of the two sides. */
export interface JoinTable {
  readonly table: string
  readonly a: JoinSide
  readonly b: JoinSide
}

export interface JoinSide {
  /** As the database spells it. */
  readonly column: 'A' | 'B'
  /** The tag of the table that it references. */
  readonly parent: string
  /** Lower-cased. */
  readonly reference: string
}

/** The join tables of a schema, by their tags; those of which the two sides are not known are left out. */
export function joinTablesOf({ foreignKeys, models }: DataModel): ReadonlyMap<string, JoinTable> {
  const tables = new Set([...models.values()].map(({ table }) => table))
  const sides = new Map<string, Partial<Record<'A' | 'B', JoinSide>>>()
  const unclear = new Set<string>()
  for (const { child, parent, columns, references } of foreignKeys) {
    if (tables.has(child)) continue
    const [name] = columns ?? []
    const [reference] = references ?? []
    const column = name?.toUpperCase()
    if ((column !== 'A' && column !== 'B') || reference === undefined || references?.length !== 1) {
      unclear.add(child)
      continue
    }
    const side = { column, parent, reference } as const
    const known = sides.get(child)?.[column]
    // Two relations of one name in two database schemas.
    if (known !== undefined && (known.parent !== parent || known.reference !== reference)) unclear.add(child)
    sides.set(child, { ...sides.get(child), [column]: side })
  }
  return new Map(
    [...sides].flatMap(([table, { A: a, B: b }]) =>
      a === undefined || b === undefined || unclear.has(table) ? [] : [[table, { table, a, b }] as const],
    ),
  )
}
