import { dialectOf } from './dialect.js'
import { joinTable, type Schema } from './model.js'

/** The models, and the names of many-to-many relations, that statements which write name in their texts. */
export function writtenModels(schema: Schema, statements: readonly string[]): ReadonlySet<string> {
  const { quote } = dialectOf(schema)
  const tables = [
    ...schema.models.map(({ name, table }) => [name, quote(table)] as const),
    ...schema.relations.flatMap((relation) =>
      relation.type === 'manyToMany' ? [[relation.name, quote(joinTable(relation))] as const] : [],
    ),
  ]
  const found = new Set<string>()
  for (const sql of statements) {
    const target = /\b(?:UPDATE|INTO|DELETE\b.*?\bFROM)\s.*/is
      .exec(sql)?.[0]
      .split(/\b(?:SET|VALUES|WHERE|SELECT)\b/i)[0]
    if (target === undefined) continue
    for (const [name, table] of tables) if (target.includes(table)) found.add(name)
  }
  return found
}
