/** The value part of a tag: a number of one of 2^20 buckets, from the normal values of a key's columns. */
export type ValueBucket = (values: readonly string[]) => string

const buckets = 1 << 20
// Beyond this a numeral could name no bucket anyway.
const maxDigits = 7

/**
 * Makes the buckets of one seed: nobody's e-mail address stands in a tag, and the tags of a column are bounded in
 * number. Two values in one bucket fall together, which costs a miss. All processes that share a store need one seed.
 *
 * Whole numbers below 2^20 are their own bucket, so that the tag of a small key can be read and written by people:
 * `post#7`.
 */
export function createValueBucket(seed: string): ValueBucket {
  const [high, low] = [mix(seed, 0x9e3779b9, 0x85ebca6b), mix(seed, 0xc2b2ae35, 0x27d4eb2f)]
  return (values) => {
    const only = values.length === 1 ? smallNumber(values[0]!) : undefined
    if (only !== undefined) return only
    // Lengths stand before the values, or ('a', 'bc') and ('ab', 'c') were one.
    let text = ''
    for (const value of values) text += `${value.length}:${value}`
    return String(mix(text, high, low) % buckets)
  }
}

/** Normal forms have no leading zeros, but texts do: '007' is another value than '7'. */
function smallNumber(value: string): string | undefined {
  if (value.length > maxDigits) return undefined
  const number = Number(value)
  return number >= 0 && number < buckets && String(number) === value ? value : undefined
}

/** Two rounds of multiplication and rotation per character, as in MurmurHash3 (Appleby, 2011), keyed by its start. */
function mix(text: string, high: number, low: number): number {
  let a = high
  let b = low
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0xcc9e2d51)
    a = (a << 13) | (a >>> 19)
    b = Math.imul(b ^ code ^ a, 0x1b873593)
    b = (b << 15) | (b >>> 17)
  }
  a = Math.imul(a ^ (a >>> 16) ^ b, 0x85ebca6b)
  return (a ^ (a >>> 13)) >>> 0
}
