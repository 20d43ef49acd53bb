import { FreshetError } from './errors.js'

/**
 * A namespace as the stores see it: what keys and tags are prefixed with.
 *
 * A namespace inside another carries the tags of both: what is invalidated or cleared in a cache is
 * invalidated in the namespaces inside it, never the other way round.
 */
export interface Space {
  /** Prefix of this namespace's own keys and tags; empty for a cache without a namespace. */
  readonly prefix: string
  /** `prefix` and those of the namespaces around it, innermost first. */
  readonly prefixes: readonly string[]
}

/** The tag that every entry of a namespace carries; bumping it clears the namespace in one step. */
export const wholeSpaceTag = ''

// Every key starts with the letter of its family and a colon (`key.ts`), so a prefix that starts with
// '>' can never be mistaken for one; the NUL at its end cannot occur in a name.
const toPrefix = (name: string): string => `>${name}\u0000`

/**
 * @throws FreshetError INVALID_OPTION for a name that is not a string of 1 to 128 printable characters.
 */
export function createSpace(name: string | undefined, parent?: Space): Space {
  const own = name === undefined && parent === undefined ? '' : toPrefix(validName(name))
  const prefix = (parent?.prefix ?? '') + own
  return Object.freeze({ prefix, prefixes: Object.freeze([prefix, ...(parent?.prefixes ?? [])]) })
}

/** Its name for people, with those of the namespaces around it: `shop/reports`; empty for a cache without a namespace. */
export function namespaceOf({ prefix }: Space): string {
  return prefix
    .split('\u0000')
    .map((part) => part.slice(1))
    .filter((name) => name !== '')
    .join('/')
}

function validName(name: unknown): string {
  if (typeof name === 'string' && /^[^\u0000-\u001f\u007f]{1,128}$/.test(name)) return name
  throw new FreshetError(
    'INVALID_OPTION',
    `A namespace must be a string of 1 to 128 characters without control characters, but ${JSON.stringify(name)} was given.`,
  )
}
