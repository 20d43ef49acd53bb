/** Tables of 128 entries: 1 for every character code of the kind. */
export const isSpace = tableOf(' \t\n\r\f\v')
export const isDigit = tableOf('0123456789')
export const isWordStart = tableOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')
export const isWordPart = tableOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789$')
export const isOperator = tableOf('+-*/<>=~!@#%^&|?:[]')

const code = (character: string): number => character.charCodeAt(0)
export const comma = code(',')
export const newline = code('\n')
export const carriageReturn = code('\r')
export const singleQuote = code("'")
export const doubleQuote = code('"')
export const backtick = code('`')
export const backslash = code('\\')
export const star = code('*')
export const slash = code('/')
export const dash = code('-')
export const hash = code('#')
export const dollar = code('$')

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const character of characters) table[character.charCodeAt(0)] = 1
  return table
}
