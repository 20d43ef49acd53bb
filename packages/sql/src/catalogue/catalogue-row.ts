/**
 * One line of a catalogue, alike for all databases: a query gives all of them, in columns of these names.
 *
 * | kind | name | part | position | detail | flags |
 * |---|---|---|---|---|---|
 * | `column` | column | collation, or empty | | type | `n` may hold NULL, `d` filled in, `g` generated key, `s` changes by itself, `c` compares by characters, `p` its table has row security |
 * | `key` | constraint | column | place in the key | | `p` primary |
 * | `foreign` | constraint | column | place in the key | table and column it references, behind one another with a line break | action on delete, then on update |
 * | `wide` | reason | | | | |
 */
export interface CatalogueRow {
  readonly kind: 'column' | 'key' | 'foreign' | 'wide'
  /** Of databases that keep tables of one name apart; else empty. */
  readonly namespace: string
  readonly tbl: string
  readonly name: string
  readonly part: string
  readonly position: number
  readonly detail: string
  readonly flags: string
}

const catalogueColumns = ['kind', 'namespace', 'tbl', 'name', 'part', 'position', 'detail', 'flags'] as const

/** @param row as a driver gives it: by name, or as a list in the order of {@link catalogueColumns} */
export function catalogueRow(row: unknown): CatalogueRow {
  const values = catalogueColumns.map((name, index) =>
    Array.isArray(row)
      ? (row as readonly unknown[])[index]
      : (row as Readonly<Record<string, unknown>>)[name],
  )
  const [kind, namespace, tbl, name, part, position, detail, flags] = values.map(text)
  return {
    kind: kind as CatalogueRow['kind'],
    namespace: namespace!,
    tbl: tbl!,
    name: name!,
    part: part!,
    position: Number(position),
    detail: detail!,
    flags: flags!,
  }
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : ''
}
