import type { EntryRecord } from '@freshet/core/store'

/** What a server knows of a tag at one moment. */
export interface Reading {
  readonly generation: number
  readonly isMarked: boolean
}

export interface StoredEntry {
  readonly record: EntryRecord
  readonly names: readonly string[]
  readonly generations: readonly number[]
}

interface Tag {
  generation: number
  /** Writers' marks, and until when each lasts. */
  readonly marks: Map<string, number>
}

/** Everything that the processes share: what a server would have. Each method is carried out in one step. */
export class Server {
  readonly entries = new Map<string, StoredEntry>()
  readonly listeners = new Set<(names: readonly string[]) => void>()
  readonly tags = new Map<string, Tag>()
  #last = 0

  read(name: string, now: number): Reading {
    const tag = this.#current(name, now)
    return { generation: tag.generation, isMarked: tag.marks.size > 0 }
  }

  mark(name: string, id: string, until: number, now: number): void {
    const { marks } = this.#current(name, now)
    marks.set(id, Math.max(until, marks.get(id) ?? 0))
    this.tell([name])
  }

  /** Takes a mark away. One that is not there any more may have been missed by readers. */
  unmark(name: string, id: string, now: number): void {
    const tag = this.#current(name, now)
    if (!tag.marks.delete(id)) tag.generation = this.fresh()
    this.tell([name])
  }

  renew(name: string, now: number): void {
    this.#current(name, now).generation = this.fresh()
    this.tell([name])
  }

  /** A generation that no tag has ever had. */
  fresh(): number {
    return ++this.#last
  }

  tell(names: readonly string[]): void {
    for (const listener of this.listeners) listener(names)
  }

  /** A tag that was lost, or whose marks have run out, gets a new generation. */
  #current(name: string, now: number): Tag {
    let tag = this.tags.get(name)
    if (tag === undefined) this.tags.set(name, (tag = { generation: this.fresh(), marks: new Map() }))
    for (const [id, until] of tag.marks) {
      if (until > now) continue
      tag.marks.delete(id)
      tag.generation = this.fresh()
    }
    return tag
  }
}
