import type { DataModel, Model } from '../schema/data-model.js'

/**
 * Columns that an update can change without assigning them, by table, lower-cased. A generated column comes
 * into a schema as `@default(dbgenerated("expression"))`, like an ordinary default; but no database lets an ordinary default
 * name a column of its table (MySQL, which does, counts on the safe side), so an expression that names one, or
 * that is not there, belongs to a generated column.
 */
export function selfChangingColumns(dataModel: DataModel): ReadonlyMap<string, ReadonlySet<string>> {
  const changing = new Map<string, Set<string>>()
  for (const model of dataModel.models.values()) {
    const columns = changing.get(model.table) ?? new Set()
    for (const column of generatedColumnsOf(model)) columns.add(column)
    changing.set(model.table, columns)
  }
  return changing
}

function generatedColumnsOf(model: Model): string[] {
  return [...model.columns].flatMap(([column, field]) =>
    field.default?.kind === 'database' && isComputed(field.default.text, model) ? [column] : [],
  )
}

function isComputed(expression: string, model: Model): boolean {
  const words = expression.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? []
  return words.length === 0 || words.some((word) => model.columns.has(word))
}
