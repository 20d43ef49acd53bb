/** A set of the words of `text`, which are separated by white space. */
export function setOfWords(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ''))
}

/** Words that begin a statement which can change rows or definitions, wherever they stand. */
export const writeVerbs = setOfWords('insert update delete replace merge truncate drop alter create call')

/** Words that begin something which gives rows, or that may follow `WITH …`. */
export const queryStarts = setOfWords('select values table with')

/** Words after which a list of tables is over. */
export const fromListEnds = setOfWords(`
  where group having order limit offset fetch window union intersect except minus returning set when qualify
  procedure values select`)

/** Words that may stand where a table name is expected, without being one. */
export const beforeTableName = setOfWords('lateral only')

/** Words that can never be an unquoted table name; meeting one there means that the text was not understood. */
export const neverTableName = setOfWords(`
  select from where group having order limit offset union intersect except on using join inner left right full
  cross natural outer set values into as and or not in exists case when then else end with for window returning
  distinct all insert update delete create drop alter grant default null like between is`)

/** Words that cannot be a table's alias when they follow its name without `AS`. */
export const neverAlias = setOfWords(`
  where group having order limit offset fetch window union intersect except minus returning set values select
  join inner left right full cross natural outer straight_join on using for with into lock partition use ignore
  force tablesample indexed not when default insert update delete replace merge do procedure qualify`)

/** Words that may stand before `(` without calling a function. */
export const notFunctions = setOfWords(`
  in exists values value and or not on using where as over filter any all some row case when then else between
  like ilike similar to rlike regexp glob is select from join set by having limit offset union intersect except
  minus returning conflict into distinct group within partition array lateral materialized escape cube rollup
  sets check key index only table rows range groups xor div mod collate interval with duplicate constraint
  primary unique foreign references of columns passing returns at begin end ordinality nested path error empty
  default fetch next first window recursive against temporal
  system_time portion overlaps binary symmetric asymmetric zone operator`)

/** Words that may follow `FOR UPDATE`. */
export const afterLock = setOfWords(
  'of nowait skip wait limit offset fetch for into union intersect except order',
)
