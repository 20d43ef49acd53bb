import type { TagTexts } from './tag-texts.js'

/**
 * The tags of which some answer may be judged by what rows have (`besides.ts`). A write need tell that of no others, and telling it costs a
 * write as much as all the rest.
 */
export class JudgedTags {
  readonly #tags = new Set<string>()

  /** Grows with every tag that none was before. */
  get size(): number {
    return this.#tags.size
  }

  has(tag: string): boolean {
    return this.#tags.has(tag)
  }

  /** Rows are shown of which not all columns matter. To be called before such an answer is stored. */
  addNames(texts: TagTexts): void {
    this.#tags.add(texts.row)
  }

  /** To be called before an answer that carries them is stored. */
  addAll(tags: Iterable<string>): void {
    for (const tag of tags) this.#tags.add(tag)
  }
}
