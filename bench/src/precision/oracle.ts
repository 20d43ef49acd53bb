import { canonical } from './canonical.js'
import type { Fact } from './question.js'

interface Entry {
  readonly fact: Fact
  /** As the mirror makes it: quicker than the canonical one, and made for every write that could concern it. */
  readonly text: string
  readonly answer: string
  readonly topics: readonly string[]
}

/**
 * A cache that knows exactly which answers a write changes: after each write, every answer that the write could
 * concern is worked out anew from the mirror, and forgotten if it differs. It never expires and never evicts.
 */
export class Oracle {
  readonly #entries = new Map<string, Entry>()
  readonly #byTopic = new Map<string, Set<Entry>>()

  /** Whether the answer was loaded before and has not changed since; otherwise it is loaded now. */
  read(fact: Fact): { readonly isHit: boolean; readonly answer: string } {
    const entry = this.#entries.get(fact.key)
    if (entry !== undefined) return { isHit: true, answer: entry.answer }
    const known = fact.answer()
    const answer = canonical(known)
    this.#keep({ fact, text: JSON.stringify(known), answer, topics: fact.topics() })
    return { isHit: false, answer }
  }

  written(topics: ReadonlySet<string>): void {
    const concerned = new Set<Entry>()
    for (const topic of topics) for (const entry of this.#byTopic.get(topic) ?? []) concerned.add(entry)
    for (const entry of concerned) {
      if (JSON.stringify(entry.fact.answer()) !== entry.text) this.#forget(entry)
    }
  }

  #keep(entry: Entry): void {
    this.#entries.set(entry.fact.key, entry)
    for (const topic of entry.topics) {
      const entries = this.#byTopic.get(topic)
      if (entries === undefined) this.#byTopic.set(topic, new Set([entry]))
      else entries.add(entry)
    }
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.fact.key)
    for (const topic of entry.topics) this.#byTopic.get(topic)?.delete(entry)
  }
}
