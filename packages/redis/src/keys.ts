import { digest, type Space, wholeSpaceTag } from '@freshet/core/store'

/** How the keys of one store are named. */
export interface Keys {
  /** What all keys begin with. */
  readonly prefix: string
  /** What all generations begin with, and nothing else: for the server's push of what changes. */
  readonly generationPrefix: string
  /** What all entries begin with. */
  readonly entryPrefix: string
  /** What all claims to load begin with. */
  readonly fillPrefix: string
  /** Of a tag with the prefix of its namespace. */
  generation(tag: string): string
  /** Of an entry, by its identity: fixed in length, so that no key is too long. */
  entry(identity: string): string
  /** Of the claim to load an entry, by its identity, under a vector, by its id. */
  fill(identity: string, vectorId: string): string
}

export function createKeys(prefix: string): Keys {
  const generationPrefix = `${prefix}g:`
  const entryPrefix = `${prefix}e:`
  const fillPrefix = `${prefix}f:`
  return {
    prefix,
    generationPrefix,
    entryPrefix,
    fillPrefix,
    generation: (tag) => generationPrefix + tag,
    entry: (identity) => entryPrefix + digest(identity),
    fill: (identity, vectorId) => `${fillPrefix}${digest(`${vectorId}\n${identity}`)}`,
  }
}

/** The tags of an entry with the prefixes of its namespaces: each namespace's own, and what was named, in each. */
export function tagsWithin(space: Space, tags: readonly string[]): readonly string[] {
  const names: string[] = []
  for (const prefix of space.prefixes) {
    names.push(prefix + wholeSpaceTag)
    for (const tag of tags) names.push(prefix + tag)
  }
  return names
}

/** The tags that a write changes, which are those of its own namespace only. */
export function tagsOf(space: Space, tags: readonly string[]): readonly string[] {
  return [...new Set(tags.map((tag) => space.prefix + tag))]
}

/**
 * A tag that changes with each entry of a namespace that is put or deleted by hand: generations say nothing of that, and near
 * copies must not outlive it. Users' tags have no such character.
 */
export const handTag = '\u0001'

/** Whether a tag with prefixes is a `handTag`. */
export function isHandTag(name: string): boolean {
  return name.endsWith(handTag)
}

/** Whether a tag with prefixes is a namespace's own: nothing follows the prefix, which ends with a character that no tag has. */
export function isWholeSpace(name: string): boolean {
  return name === '' || name.endsWith('\u0000')
}

/** The prefix of the namespace that an entry is in, by its identity. */
export function prefixOf(identity: string): string {
  return namespaces.exec(identity)![0]
}

// A key begins with none of these, whatever it holds.
const namespaces = /^(?:>[^\u0000]*\u0000)*/
