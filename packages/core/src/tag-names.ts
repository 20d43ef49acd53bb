import { normaliseTag, normaliseTags } from './tag.js'

const maxMemoised = 10_000

/**
 * Turns the tags that users write into the tags that entries carry.
 *
 * An adapter may register what its models are called in the database, so that `invalidate(['User'])`
 * reaches what was read from the table `users`. The user's own word is kept beside it, and so is every
 * other alias (two databases may have a `User` each): an alias can only add tags, so two meanings of one
 * word cost misses and never freshness.
 */
export class TagNames {
  readonly #aliases = new Map<string, Set<string>>()
  /** Most have one name, and a list of one would take as much room as the rest. */
  readonly #memo = new Map<unknown, string | readonly string[]>()
  readonly #names = new Set<string>()

  /** What adapters call their models, as they write it. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  addAlias(name: string, tag: string): void {
    this.#names.add(name)
    const from = normaliseTag(name)
    const to = normaliseTag(tag)
    if (from === to) return
    const tags = this.#aliases.get(from)
    if (tags === undefined) this.#aliases.set(from, new Set([to]))
    else tags.add(to)
    this.#memo.clear()
  }

  /** @throws FreshetError INVALID_TAG */
  resolve(tags: readonly string[]): readonly string[] {
    if (!Array.isArray(tags)) return normaliseTags(tags)
    // Of the exact size, as long as no tag has two names: what grows by pushes keeps room for 17, in every entry.
    const resolved = new Array<string>(tags.length)
    let count = 0
    for (const tag of tags as readonly string[]) {
      const names = this.#resolveOne(tag)
      if (typeof names === 'string') {
        resolved[count++] = names
        continue
      }
      for (let i = 0; i < names.length; i++) resolved[count++] = names[i]!
    }
    return resolved
  }

  #resolveOne(tag: string): string | readonly string[] {
    const memoised = this.#memo.get(tag)
    if (memoised !== undefined) return memoised
    const own = normaliseTag(tag)
    const table = tablePart(own)
    const aliases = this.#aliases.get(table)
    const names =
      aliases === undefined ? own : [own, ...Array.from(aliases, (alias) => alias + own.slice(table.length))]
    if (this.#memo.size >= maxMemoised) this.#memo.clear()
    this.#memo.set(tag, names)
    return names
  }
}

/** `user` of `user`, `user#7`, `user.name`, `user[team_id=3]`, `user-` and `user~`. */
export const tablePart = (tag: string): string => /^[^#.[~-]*/.exec(tag)![0]
