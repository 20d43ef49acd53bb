import { clockTag, normaliseTag, normaliseTags } from './tag.js'

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
  readonly #tables = new Set<string>()
  readonly #changed: Memo = new Map()
  readonly #read: Memo = new Map()
  readonly #names = new Set<string>()

  /** What adapters call their models, as they write it. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  addAlias(name: string, tag: string): void {
    this.#names.add(name)
    this.addTable(tag)
    const from = normaliseTag(name)
    const to = normaliseTag(tag)
    if (from === to) return
    const tags = this.#aliases.get(from)
    if (tags === undefined) this.#aliases.set(from, new Set([to]))
    else tags.add(to)
    this.#forget()
  }

  /** The tag of a table whose writes an adapter tells. */
  addTable(tag: string): void {
    const table = normaliseTag(tag)
    if (this.#tables.has(table)) return
    this.#tables.add(table)
    this.#forget()
  }

  #forget(): void {
    this.#changed.clear()
    this.#read.clear()
  }

  /**
   * What is changed that these name.
   *
   * @throws FreshetError INVALID_TAG
   */
  resolve(tags: readonly string[]): readonly string[] {
    return resolveAll(tags, this.#changed, this.#namesOf)
  }

  /**
   * What depends on these depends on. Of a table that is whatever is in it: a write that tells its rows changes only the
   * clock of what every answer could carry.
   *
   * @throws FreshetError INVALID_TAG
   */
  resolveRead(tags: readonly string[]): readonly string[] {
    return resolveAll(tags, this.#read, this.#namesRead)
  }

  readonly #namesOf = (tag: string): readonly string[] => {
    const own = normaliseTag(tag)
    const table = tablePart(own)
    const aliases = this.#aliases.get(table)
    if (aliases === undefined) return [own]
    return [own, ...Array.from(aliases, (alias) => alias + own.slice(table.length))]
  }

  readonly #namesRead = (tag: string): readonly string[] =>
    this.#namesOf(tag).flatMap((name) => (this.#tables.has(name) ? [name, clockTag(name)] : [name]))
}

/** Most have one name, and a list of one would take as much room as the rest. */
type Memo = Map<unknown, string | readonly string[]>

function resolveAll(
  tags: readonly string[],
  memo: Memo,
  namesOf: (tag: string) => readonly string[],
): readonly string[] {
  if (!Array.isArray(tags)) return normaliseTags(tags)
  // Of the exact size, as long as no tag has two names: what grows by pushes keeps room for 17, in every entry.
  const resolved = new Array<string>(tags.length)
  let count = 0
  for (const tag of tags as readonly string[]) {
    const names = memo.get(tag) ?? memoised(memo, tag, namesOf(tag))
    if (typeof names === 'string') {
      resolved[count++] = names
      continue
    }
    for (let i = 0; i < names.length; i++) resolved[count++] = names[i]!
  }
  return resolved
}

function memoised(
  memo: Memo,
  tag: string,
  [first, ...others]: readonly string[],
): string | readonly string[] {
  const names = others.length === 0 ? first! : [first!, ...others]
  if (memo.size >= maxMemoised) memo.clear()
  memo.set(tag, names)
  return names
}

/** `user` of `user`, `user#7`, `user.name`, `user[team_id=3]`, `user-` and `user~`. */
export const tablePart = (tag: string): string => /^[^#.[~-]*/.exec(tag)![0]
