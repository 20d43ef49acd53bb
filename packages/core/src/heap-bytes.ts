// Sizes of V8's objects without pointer compression, as Node has them.

/** What a reference, or a small integer, takes. */
export const word = 8
/** An object without fields. */
export const objectBytes = 3 * word
/** An array without elements, of the exact size: what grows by pushes has up to half as much again, and 16. */
export const arrayBytes = 4 * word + 2 * word

/** A map with room for four. */
export const mapBytes = 4 * word + 19 * word
/** A place in a larger one: between three and a half words and seven, as it has grown. */
export const mapPlaceBytes = 5 * word

const stringBytes = 2 * word
// What has been glued together remembers of what, also when it has been made one.
const gluedBytes = 4 * word
const shortestGlued = 13

/** A text as it comes from a driver: one-byte characters in one byte each, all others in two; the empty text and single characters are V8's own. */
export function textBytes(text: string): number {
  if (text.length < 2) return 0
  return stringBytes + roundUp(isWide(text) ? text.length * 2 : text.length)
}

/** A text that has been put together of others, such as a key. */
export function gluedTextBytes(text: string): number {
  return text.length < shortestGlued ? textBytes(text) : textBytes(text) + gluedBytes
}

// A regular expression costs more to start than a short text to look at.
const shortText = 24
const wide = /[^\u0000-\u00ff]/

function isWide(text: string): boolean {
  if (text.length > shortText) return wide.test(text)
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return true
  return false
}

export function roundUp(bytes: number): number {
  return Math.ceil(bytes / word) * word
}
