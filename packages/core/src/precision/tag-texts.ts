import { clockTag, tableTag } from '../tag.js'

/** The texts of one table's tags. Names are lower-cased: two columns that fall together cost a miss. */
export interface TagTexts {
  /** `post`: bumped where what a write touched cannot be told. */
  readonly table: string
  /** `post~`: bumped by every write. */
  readonly clock: string
  /** `post[]`: a row is inserted. */
  readonly incoming: string
  /** `post-`: a row is deleted. One that goes to another set is given a value in its column. */
  readonly leaving: string
  /** `post.title`: a row is given a value in this column. */
  column(column: string): string
  /** `post#`: the beginning of the tag of a row. */
  readonly row: string
  /** `post##`: the beginning of the tag of a row that changes with its stable columns alone. */
  readonly stableRow: string
  /** `post#*`: a row is given a value in a volatile column, and which it is cannot be told. */
  readonly anyRow: string
  /** `post[authorid=`: the beginning of the tag of a set; compound keys are `post[authorid,slug=`. */
  set(columns: readonly string[]): string
}

/** @param prefix what stands in front of the tags of a database that is one of several. */
export function tagTexts(prefix: string, name: string): TagTexts {
  const table = prefix + tableTag(name)
  return {
    table,
    clock: prefix + clockTag(name),
    incoming: `${table}[]`,
    leaving: `${table}-`,
    row: `${table}#`,
    stableRow: `${table}##`,
    anyRow: `${table}#*`,
    column: (column) => `${table}.${column.toLowerCase()}`,
    set: (columns) => `${table}[${columns.map((column) => column.toLowerCase()).join(',')}=`,
  }
}

/** Whether a tag is of a table: its own, or of its rows, columns and sets. */
export const isTagOf = (tag: string, table: string): boolean =>
  tag.startsWith(table) && (tag.length === table.length || ofTable.has(tag.charAt(table.length)))

const ofTable: ReadonlySet<string> = new Set('#.[~-')
