import type { IntegerType, ValueType } from './value-type.js'

/**
 * A value as it is compared: two values that the database calls equal have the same one.
 *
 * A string: the normal form; different values may share one, equal values always do. `null`: NULL, which equals
 * nothing. `undefined`: not known, as good as any value.
 */
export type NormalValue = string | null | undefined

const wholeNumber = /^-?\d+$/
// A text of 20 characters and more is either out of every range or full of zeros.
const maxDigits = 40
// A normal form is hashed for every statement; a key is short.
const maxText = 1000
const hexadecimal = /^[0-9a-f]{32}$/
const printableAscii = /^[ -~]*$/
// Four searches in a row take longer than all else that a write tells of a key.
const hasLettersToChange = /[A-Zhjvy]/

/**
 * The normal form of a value of a column, for reads and writes alike: nobody else may decide which values are equal.
 *
 * Integers are decimal numerals. UUIDs are 32 lower-case digits. Text loses trailing blanks and case, and letters that
 * some collation of MariaDB calls equal are one (`ch` and `c`; `i`, `j` and `y`; `u` and `v`; measured for all 217
 * utf8mb4 collations); what is not printable ASCII is not known.
 *
 * @param value as a driver takes or gives it, or as a literal of the statement.
 *
 * @example
 * normalValue({ kind: 'text' }, 'Ada ') // 'ada'
 * normalValue({ kind: 'text' }, 7) // undefined: MySQL compares it as a number with '7', '07' and '7x'
 */
export function normalValue(type: ValueType | undefined, value: unknown): NormalValue {
  if (value === null) return null
  switch (type?.kind) {
    case undefined:
      return undefined
    case 'integer':
      return integer(value, type)
    case 'uuid':
      return typeof value === 'string' ? uuid(value) : undefined
    case 'text':
      return typeof value === 'string' ? text(value, type.maxLength) : undefined
  }
}

/** Beyond its range a column holds the nearest value, in MySQL where its mode or IGNORE lets it. */
function integer(value: unknown, { min, max, range }: IntegerType): string | undefined {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) return undefined
    // The commonest keys need no bigint.
    const [least, most] = range ?? [min, max]
    return value < least || value > most ? undefined : String(value)
  }
  if (typeof value === 'string') {
    if (value.length > maxDigits || !wholeNumber.test(value)) return undefined
  } else if (typeof value !== 'bigint') {
    return undefined
  }
  const whole = BigInt(value)
  return whole < min || whole > max ? undefined : String(whole)
}

function uuid(value: string): string | undefined {
  const digits = value.replace(/[{}-]/g, '').toLowerCase()
  return hexadecimal.test(digits) ? digits : undefined
}

/** A text that is too long is cut off, in MySQL where its mode or IGNORE lets it. */
function text(value: string, maxLength = maxText): string | undefined {
  let end = value.length
  while (end > 0 && value.charCodeAt(end - 1) === 32) end--
  const plain = value.slice(0, end)
  if (end > maxLength || end > maxText || !printableAscii.test(plain)) return undefined
  if (!hasLettersToChange.test(plain)) return plain
  return plain.toLowerCase().replaceAll('ch', 'c').replace(/[jy]/g, 'i').replaceAll('v', 'u')
}
