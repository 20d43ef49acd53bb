import type { SqlDialect } from './dialect.js'

/** Settings of a server that decide where a string ends, and that the text does not tell. */
export interface LexicalMode {
  /** Whether a backslash in `'…'` escapes the next character. */
  readonly backslashInStrings: boolean
  /** Whether a backslash in `"…"` escapes the next character (MySQL without ANSI_QUOTES). */
  readonly backslashInDoubleQuotes: boolean
  /** Whether MySQL's `/*! … *\/` is executed. */
  readonly executableComments: boolean
}

const mysqlDefault = { backslashInStrings: true, backslashInDoubleQuotes: true, executableComments: true }
const standard = { backslashInStrings: false, backslashInDoubleQuotes: false, executableComments: false }

/** The modes of a dialect, the usual one first. The others are only asked when a text is ambiguous. */
export const lexicalModes: Record<SqlDialect, readonly [LexicalMode, ...LexicalMode[]]> = {
  postgresql: [standard, { ...standard, backslashInStrings: true }],
  mysql: [
    mysqlDefault,
    { ...mysqlDefault, executableComments: false },
    { ...mysqlDefault, backslashInDoubleQuotes: false },
    standard,
    { ...standard, executableComments: true },
  ],
  sqlite: [standard],
}
