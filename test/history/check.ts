import {
  type Freshness,
  type History,
  type Limits,
  type Loss,
  notThisRow,
  type Read,
  type Write,
} from './history.js'

/**
 * What a read must not be older than.
 *
 * - `acknowledged`: a write that was acknowledged before the read began; by more than the bound, where there is one
 * - `own`: a write that the reader's own process had acknowledged before the read began
 * - `committed`: a write that was committed before the read began
 * - `monotonic`: what another read had got when this one began
 * - `converging`: the newest version, once every writer has ended or died and every lease has run out
 * - `row`: the answer must be one of the row that was asked for
 */
export type Property = 'acknowledged' | 'own' | 'committed' | 'monotonic' | 'converging' | 'row'

export interface Violation {
  readonly property: Property
  readonly read: Read
  /** The version that the read must not be older than, and since when. */
  readonly required: number
  readonly since: number
}

export interface Verdict {
  readonly violations: readonly Violation[]
  /** Rows of which `converging` says nothing: their last writer died or does not know, and its mark was lost as well. */
  readonly unsettled: readonly number[]
}

/** From `since` on, no read may get less than `version`. */
interface Floor {
  readonly since: number
  readonly version: number
}

/**
 * Holds every read of a round against the four properties of the protocol, and two that are plainer: its own process's writes are
 * seen whatever the mode, and an answer is one of the row that was asked for.
 *
 * `acknowledged` knows no excuse but an invalidation that the store was not reached with, which counts from its delivery.
 * `committed` and `monotonic` need the writer's mark: they say nothing of a write whose mark was not taken, may have
 * been lost while it was needed, or may have run out, as the write took longer than a lease. `converging` says nothing if
 * the last writer's process is gone and its mark was lost: two faults at once.
 */
export function check(history: History): Verdict {
  const violations: Violation[] = []
  const unsettled: number[] = []
  const reads = byRow(history.reads)
  const writes = byRow(history.writes)
  for (const [row, initial] of history.initial) {
    const ofRow = new RowHistory(history, row, writes.get(row) ?? [])
    const readsOfRow = reads.get(row) ?? []
    const start: Floor = { since: -Infinity, version: initial }
    const settled = ofRow.settled()
    if (settled === undefined) unsettled.push(row)
    const floors: readonly Floors[] = [
      { property: 'acknowledged', list: [start, ...ofRow.acknowledged()] },
      { property: 'committed', list: ofRow.committed() },
      { property: 'monotonic', list: ofRow.seen(readsOfRow) },
      { property: 'converging', list: settled === undefined ? [] : [settled] },
      ...ofRow.own(),
    ]
    for (const { property, list, process } of floors) {
      const concerned =
        process === undefined ? readsOfRow : readsOfRow.filter((one) => one.process === process)
      for (const violation of below(property, list, concerned)) violations.push(violation)
    }
    for (const read of readsOfRow)
      if (read.version === notThisRow)
        violations.push({ property: 'row', read, required: initial, since: -Infinity })
  }
  return { violations, unsettled }
}

interface Floors {
  readonly property: Property
  readonly list: readonly Floor[]
  /** Whose reads they are for; everybody's if it is not given. */
  readonly process?: string
}

class RowHistory {
  readonly #freshness: Freshness
  readonly #limits: Limits
  readonly #losses: readonly Loss[]
  readonly #writes: readonly Write[]
  readonly #final: number
  readonly #byVersion = new Map<number, Write>()

  constructor(history: History, row: number, writes: readonly Write[]) {
    this.#limits = history.limits
    this.#freshness = history.freshness
    this.#losses = history.losses.filter((loss) => loss.row === undefined || loss.row === row)
    this.#writes = writes
    this.#final = history.final.get(row) ?? 0
    // A version that was rolled back is given out again: the last to have it is the one that committed.
    for (const write of [...writes].sort((a, b) => a.ended - b.ended)) {
      if (write.version === undefined || write.end === 'refused') continue
      if (this.#byVersion.get(write.version)?.committed === undefined)
        this.#byVersion.set(write.version, write)
    }
  }

  acknowledged(): readonly Floor[] {
    return this.#writes.flatMap(({ end, ended, version }) =>
      end === 'acknowledged' && version !== undefined ? [{ since: ended + this.#mayLagMs, version }] : [],
    )
  }

  /** In `strong` they are everybody's anyway. */
  own(): readonly Floors[] {
    if (this.#freshness.mode === 'strong') return []
    return this.#writes.flatMap(({ end, ended, version, process }) =>
      end === 'acknowledged' && version !== undefined
        ? [{ property: 'own' as const, list: [{ since: ended, version }], process }]
        : [],
    )
  }

  committed(): readonly Floor[] {
    if (this.#freshness.mode !== 'strong') return []
    return this.#writes.flatMap((write) => {
      const { committed, version } = write
      if (committed === undefined || version === undefined || !this.#isMarked(write)) return []
      return [{ since: committed, version }]
    })
  }

  seen(reads: readonly Read[]): readonly Floor[] {
    if (this.#freshness.mode !== 'strong') return []
    return reads.flatMap(({ version, end }) => {
      const write = this.#byVersion.get(version)
      return write !== undefined && this.#isMarked(write) ? [{ since: end, version }] : []
    })
  }

  /** The newest version, from when on everybody must see it; `undefined` if nobody can say. */
  settled(): Floor | undefined {
    let since = -Infinity
    for (const write of this.#writes) {
      since = Math.max(since, this.#settledAt(write))
      if (this.#mayBeNewest(write) && !this.#settles(write)) return undefined
    }
    return { since: since + this.#mayLagMs, version: this.#final }
  }

  get #mayLagMs(): number {
    return this.#freshness.mode === 'strong' ? 0 : this.#freshness.staleMs
  }

  #mayBeNewest({ version, end }: Write): boolean {
    return end !== 'refused' && (version === undefined || version >= this.#final)
  }

  /** Whether its mark, or its process, sees to it that what it wrote is seen in the end. */
  #settles(write: Write): boolean {
    if (write.end === 'acknowledged' || write.end === 'refused') return true
    if (write.unmarked || write.undelivered) return false
    if (this.#freshness.mode === 'eventual' && write.end === 'died') return false
    return !this.#isLost(write, write.begin, this.#settledAt(write))
  }

  #settledAt({ end, ended }: Write): number {
    const { leaseMs, holdMs, slackMs } = this.#limits
    if (end === 'died') return ended + leaseMs + slackMs
    return end === 'unknown' ? ended + holdMs + leaseMs + slackMs : ended
  }

  /** Whether readers were kept from its row for as long as they had to be. */
  #isMarked(write: Write): boolean {
    const { begin, ended, end } = write
    if (write.unmarked || write.undelivered || ended - begin > this.#limits.leaseMs) return false
    return !this.#isLost(write, begin, end === 'acknowledged' ? ended : this.#settledAt(write))
  }

  #isLost({ process }: Write, from: number, to: number): boolean {
    return this.#losses.some(
      (loss) =>
        loss.from <= to && loss.to >= from && (loss.process === undefined || loss.process === process),
    )
  }
}

/** The reads that got less than a floor which was there when they began. */
function below(property: Property, floors: readonly Floor[], reads: readonly Read[]): Violation[] {
  const rising = risingOf(floors)
  const found: Violation[] = []
  for (const read of reads) {
    const floor = lastBefore(rising, read.start)
    if (floor !== undefined && read.version < floor.version && read.version !== notThisRow)
      found.push({ property, read, required: floor.version, since: floor.since })
  }
  return found
}

/** In the order of time, without those that a floor before them is higher than. */
function risingOf(floors: readonly Floor[]): readonly Floor[] {
  const rising: Floor[] = []
  for (const floor of [...floors].sort((a, b) => a.since - b.since)) {
    const last = rising.at(-1)
    if (last === undefined || floor.version > last.version) rising.push(floor)
  }
  return rising
}

/** The last floor from strictly before `time`; at the same moment nobody knows which came first. */
function lastBefore(rising: readonly Floor[], time: number): Floor | undefined {
  let low = 0
  let high = rising.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rising[middle]!.since < time) low = middle + 1
    else high = middle
  }
  return rising[low - 1]
}

function byRow<T extends { readonly row: number }>(list: readonly T[]): ReadonlyMap<number, T[]> {
  const rows = new Map<number, T[]>()
  for (const item of list) {
    const known = rows.get(item.row)
    if (known === undefined) rows.set(item.row, [item])
    else known.push(item)
  }
  return rows
}
