import { FreshetError } from './errors.js'

/*
 * What a result can depend on, and what a write can change. Every form is one string, so that a store
 * needs to know nothing about them:
 *
 *   post                  the table: carried by every read of it, bumped when what a write touched cannot be told
 *   post~                 its clock: bumped by every write; read around a load to bind late tags soundly
 *   post#7                a row
 *   post.title            a column
 *   post[author_id=5]     rows coming into a set; `post[]` rows coming into the table
 *   post-                 rows leaving
 *
 * Tags fold case: PostgreSQL and MySQL disagree on the case of identifiers, and two tags that fall
 * together cost a miss, while two that should and do not cost a stale answer.
 */
export const tableTag = (table: string): string => table.toLowerCase()
export const clockTag = (table: string): string => `${table.toLowerCase()}~`
/** Bumped by every write: carried by reads of which nobody can tell what they depend on. */
export const anyTable = '*'

/** Whether rows are among what is named. */
export const namesRows = (tags: readonly string[]): boolean => tags.some((tag) => tag.includes('#'))

const maxTagLength = 512
// Tags stand in keys and logs; control characters separate parts there.
const controlCharacter = /[\u0000-\u001f\u007f]/

const known = new Map<string, string>()
const maxKnown = 10_000

/**
 * The form under which a tag that a user wrote is stored: lower-cased.
 *
 * @throws FreshetError INVALID_TAG for anything but a string of 1 to 512 characters without control characters.
 */
export function normaliseTag(tag: unknown): string {
  const memoised = known.get(tag as string)
  if (memoised !== undefined) return memoised
  const normalised = validTag(tag).toLowerCase()
  if (known.size >= maxKnown) known.clear()
  known.set(tag as string, normalised)
  return normalised
}

export function normaliseTags(tags: unknown): readonly string[] {
  if (!Array.isArray(tags)) {
    throw new FreshetError(
      'INVALID_TAG',
      `Tags must be an array of strings, but ${describe(tags)} was given. Write, for example, tags: ['User'].`,
    )
  }
  return tags.map(normaliseTag)
}

function validTag(tag: unknown): string {
  if (typeof tag === 'string' && tag !== '' && tag.length <= maxTagLength && !controlCharacter.test(tag))
    return tag
  throw new FreshetError(
    'INVALID_TAG',
    `A tag must be a string of 1 to ${maxTagLength} characters without control characters, but ${describe(tag)} was given.`,
  )
}

function describe(value: unknown): string {
  if (typeof value !== 'string') return value === null ? 'null' : `a value of type ${typeof value}`
  return value.length > maxTagLength ? `one of ${value.length} characters` : JSON.stringify(value)
}
