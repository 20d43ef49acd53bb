/** Something that was sent to a database, or is about to be, and of which the caches have not been told yet. */
export interface UnderWay {
  /**
   * Whether it may concern rows of a table.
   *
   * @param store which of the caches asks; `undefined`: any
   * @param table the table's tag
   */
  mayConcern(store: object | undefined, table: string): boolean
  /** Its place among those that are under way, for who keeps them. */
  place?: number | undefined
}

/** Stands for a transaction that must not be kept alive by being under way, one after another: a reference that is weak is dear to make. */
export class Seat {
  readonly ref = new WeakRef(this)
  taken: UnderWay | undefined
  place = -1
}

const maxFreeSeats = 100

// Looking for those that are gone must be worth it.
const minLookedThrough = 64

/** All writes of this process that are under way, through whatever client. */
class WritesUnderWay {
  // A list, in which each knows its place: a set costs a write more.
  readonly #held: UnderWay[] = []
  // A transaction that nobody can end any more is not under way: it must not be kept alive by being one of these.
  #open: WeakRef<Seat>[] = []
  readonly #free: Seat[] = []
  #lookThroughAt = minLookedThrough

  /** Until `end()`, which must come. */
  begin(write: UnderWay): void {
    write.place = this.#held.push(write) - 1
  }

  end(write: UnderWay): void {
    const { place } = write
    if (place === undefined || this.#held[place] !== write) return
    const last = this.#held.pop()!
    if (last !== write) {
      this.#held[place] = last
      last.place = place
    }
    write.place = undefined
  }

  /** Until `leave()`, or until nobody knows it any more. */
  open(write: UnderWay): Seat {
    if (this.#open.length >= this.#lookThroughAt) this.#forgetGone()
    const seat = this.#free.pop() ?? new Seat()
    seat.taken = write
    seat.place = this.#open.push(seat.ref) - 1
    return seat
  }

  /** @param seat what `open()` gave, which is another one's from now on */
  leave(seat: Seat): void {
    seat.taken = undefined
    const last = this.#open.pop()!
    if (last !== seat.ref) {
      this.#open[seat.place] = last
      const other = last.deref()
      if (other !== undefined) other.place = seat.place
    }
    if (this.#free.length < maxFreeSeats) this.#free.push(seat)
  }

  get isAny(): boolean {
    return this.#held.length > 0 || this.#open.length > 0
  }

  /** Whether no other one is. */
  isOnly(write: UnderWay): boolean {
    return this.#held.length === 1 && this.#held[0] === write && this.#open.length === 0
  }

  /** Whether any one may concern rows of a table, for whatever cache. */
  anyMayConcern(table: string): boolean {
    return this.othersMayConcern(undefined, undefined, table)
  }

  /** Whether any other one may concern rows of a table. */
  othersMayConcern(own: UnderWay | undefined, store: object | undefined, table: string): boolean {
    for (const write of this.#held) if (write !== own && write.mayConcern(store, table)) return true
    for (const ref of this.#open) {
      const write = ref.deref()?.taken
      if (write !== undefined && write !== own && write.mayConcern(store, table)) return true
    }
    return false
  }

  #forgetGone(): void {
    let kept = 0
    this.#open = this.#open.filter((ref) => {
      const seat = ref.deref()
      if (seat !== undefined) seat.place = kept++
      return seat !== undefined
    })
    this.#lookThroughAt = Math.max(minLookedThrough, this.#open.length * 2)
  }
}

// Registered globally: two clients may come with the ESM build and with the CommonJS one, and write the same rows.
const registered = Symbol.for('freshet.writesUnderWay')
const holder = globalThis as { [registered]?: WritesUnderWay }

export const writesUnderWay: WritesUnderWay = (holder[registered] ??= new WritesUnderWay())
