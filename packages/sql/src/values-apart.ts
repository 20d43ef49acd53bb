import type { SqlDialect } from './dialect.js'

/** A text and the values that it is sent with. */
export interface SentText {
  readonly sql: string
  /** Not known, or none: `undefined`. */
  readonly parameters: readonly unknown[] | undefined
}

const maxTextLength = 65_536
const mayCompareNumbers = /(?:= | in \()\d/i
const isOfRows = /^\s*(?:select|update|delete)\b/i
// Comments, escapes, names in brackets, strings between dollars, and placeholders that are named or numbered out of order.
const unusual = {
  postgresql: /--|\/\*|\\|\$\D/,
  mysql: /--|\/\*|\\|#|@|\[/,
  sqlite: /--|\/\*|\\|\[|\?\d|[:@$]\w/,
} satisfies Readonly<Record<SqlDialect, RegExp>>
const parts =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\?|\$\d+|(?<== )\d{1,15}(?![\w.])|(?<= in \()\d{1,15}(?:, ?\d{1,15})*(?=\))/gi

/**
 * Takes the whole numbers out of a text that values are compared with or set to, and puts placeholders in their places, so
 * that one text stands for all that differ in them: query builders write numbers into the text (TypeORM on SQLite, and
 * lists of keys everywhere), and a text is analysed once.
 *
 * What is not a plain SELECT, UPDATE or DELETE stays as it is: elsewhere a number may decide what a statement does.
 *
 * @returns what was given, if there is nothing to take out
 *
 * @example
 * valuesApart('SELECT * FROM "post" WHERE "id" IN (3, 5) AND "title" = ?', ['a'], 'sqlite')
 * // { sql: 'SELECT * FROM "post" WHERE "id" IN (?, ?) AND "title" = ?', parameters: [3, 5, 'a'] }
 */
export function valuesApart(
  sql: string,
  parameters: readonly unknown[] | undefined,
  dialect: SqlDialect,
): SentText {
  const asGiven = { sql, parameters }
  // Elsewhere only lists of keys are written into texts, and nearly every text is known already.
  if (dialect !== 'sqlite' && !sql.includes(' IN (')) return asGiven
  if (!mayCompareNumbers.test(sql) || sql.length > maxTextLength) return asGiven
  if (!isOfRows.test(sql) || unusual[dialect].test(sql)) return asGiven
  return dialect === 'postgresql' ? numbered(sql, parameters) : inOrder(sql, parameters)
}

/** Placeholders have numbers: what is taken out comes behind all others. */
function numbered(sql: string, parameters: readonly unknown[] | undefined): SentText {
  let last = 0
  for (const [part] of sql.matchAll(parts)) {
    // An operator, of which nobody knows what it does.
    if (part === '?') return { sql, parameters }
    if (part.startsWith('$')) last = Math.max(last, Number(part.slice(1)))
  }
  if (parameters !== undefined && parameters.length < last) return { sql, parameters }
  const values = parameters === undefined ? new Array<unknown>(last) : [...parameters]
  const text = sql.replace(parts, (part) =>
    isNumber(part) ? placeholders(part, values, () => `$${values.length}`) : part,
  )
  return { sql: text, parameters: parameters === undefined && last > 0 ? undefined : values }
}

/** Placeholders are in the order of the values. */
function inOrder(sql: string, parameters: readonly unknown[] | undefined): SentText {
  const values: unknown[] = []
  let count = 0
  const text = sql.replace(parts, (part) => {
    if (part === '?') values.push(parameters?.[count++])
    return isNumber(part) ? placeholders(part, values, () => '?') : part
  })
  if (parameters === undefined) return { sql: text, parameters: sql.includes('?') ? undefined : values }
  return count === parameters.length ? { sql: text, parameters: values } : { sql, parameters }
}

const isNumber = (part: string): boolean => part >= '0' && part < ':'

function placeholders(numbers: string, values: unknown[], next: () => string): string {
  const list = numbers.split(',').map((number) => {
    values.push(Number(number))
    return next()
  })
  return list.join(', ')
}
