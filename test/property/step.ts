import type { BatchItem, Read, Write } from './binding.js'
import type { Maker } from './maker.js'
import { modelOf, type End, type Schema } from './model.js'
import { randomFrom, type Random } from './random.js'

/** Which client a write goes through: the writes of all of them must count. */
type Route = 'cached' | 'twin' | 'sibling'

/** What happens inside an interactive transaction, in order. */
export type Action =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'outerRead'; readonly read: Read }
  | { readonly kind: 'outerWrite'; readonly write: Write }
  | { readonly kind: 'nested'; readonly body: readonly Action[]; readonly end: 'commit' | 'throw' }

/** One step of the test, as data: it can be run again, alone or with others left out. */
export type Step =
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'write'; readonly write: Write; readonly route: Route }
  /** Every read of the pool is warmed, something that one of them reaches is written, and all are asked again. */
  | { readonly kind: 'probe'; readonly reads: readonly Read[]; readonly write: Write; readonly route: Route }
  | { readonly kind: 'batch'; readonly items: readonly BatchItem[] }
  | {
      readonly kind: 'interactive'
      readonly body: readonly Action[]
      readonly end: 'commit' | 'throw'
      /** A failing statement does not end the callback. */
      readonly swallows: boolean
      /** How the ORM makes the transaction. */
      readonly form: string
      readonly route: 'cached' | 'twin'
    }
  /** A read whose first answer is kept back while a write is made and acknowledged. */
  | {
      readonly kind: 'heldRead'
      readonly read: Read
      readonly write: Write
      readonly route: Route
      /** Others ask before the first answer comes. Then that one is not stored, whatever it was read under. */
      readonly hasLateReader: boolean
    }
  /** A write that is kept waiting before or after its statement, or its transaction's COMMIT, while reads go on. */
  | {
      readonly kind: 'heldWrite'
      readonly write: Write
      readonly at: 'statement' | 'commit'
      readonly point: 'before' | 'after'
      /** Asked before it, so that it meets their answers. */
      readonly warm?: readonly Read[]
      readonly reads: readonly Read[]
    }
  /** Every read of the pool. */
  | { readonly kind: 'sweep'; readonly reads: readonly Read[] }

/** Queries that are asked again and again: few, or nothing would ever be answered from the cache. */
const POOL_SIZE = 10
const POOL_LIFETIME = 60
/** Everything is compared after so many steps. */
const SWEEP_EVERY = 25
/** Deletes and TRUNCATE … CASCADE empty the tables; reads of nothing prove nothing. */
const REFILL_EVERY = 40

/** The steps of one episode. Each step is made from its own index alone. */
export function episodeSteps(
  schema: Schema,
  calls: Maker,
  seed: string,
  episode: number,
  length: number,
): Step[] {
  const source = () => randomFrom('episode', schema.name, seed, episode)
  const own = calls.ofEpisode?.(source().fork('calls')) ?? calls
  return Array.from({ length }, (_, index) => stepAt(new StepMaker(schema, own, source(), index), index))
}

function stepAt(maker: StepMaker, index: number): Step {
  if (index % SWEEP_EVERY === SWEEP_EVERY - 1) return { kind: 'sweep', reads: maker.pool() }
  return index % REFILL_EVERY === REFILL_EVERY - 2 ? maker.refill() : maker.make()
}

class StepMaker {
  readonly #schema: Schema
  readonly #calls: Maker
  readonly #source: Random
  readonly #index: number
  readonly #random: Random

  constructor(schema: Schema, calls: Maker, source: Random, index: number) {
    this.#schema = schema
    this.#calls = calls
    this.#source = source
    this.#index = index
    this.#random = source.fork('step', index)
  }

  make(): Step {
    const random = this.#random
    const isDeciding = this.#isDeciding
    // Of some episodes: what one write tells must be there when another comes before anybody asks.
    const comesInRows = this.#schema.isNarrow === true && this.#source.fork('in rows').chance(0.5)
    return random.weighted<() => Step>([
      [isDeciding ? 42 : 62, () => ({ kind: 'read', read: this.#pooled() })],
      [6, () => ({ kind: 'write', write: this.#write(true), route: this.#route() })],
      [comesInRows ? 60 : 0, () => ({ kind: 'write', write: this.#decidingOrAny(), route: 'cached' })],
      [isDeciding && !comesInRows ? 35 : 21, () => this.#probe()],
      this.#calls.hasBatches ? [2, () => this.#batch()] : [4, () => this.#ownWrites()],
      [4, () => this.#interactive()],
      [2, () => this.#undone()],
      [isDeciding ? 6 : 0, () => this.#readAfterwards()],
      [2.5, () => this.#heldRead()],
      [isDeciding ? 10 : 4, () => this.#heldWrite()],
    ])()
  }

  refill(): Step {
    return { kind: 'write', write: this.#calls.refill(this.#random), route: 'cached' }
  }

  pool(): Read[] {
    return Array.from({ length: POOL_SIZE }, (_, slot) => this.#slot(slot))
  }

  /** Slots change their query at different times, so that the pool is always partly warm. */
  #slot(slot: number): Read {
    const generation = Math.floor((this.#index + (slot * POOL_LIFETIME) / POOL_SIZE) / POOL_LIFETIME)
    const random = this.#source.fork('pool', slot, generation)
    if (slot % 3 === 2) return this.#calls.relative(this.#slot(slot - 1), random)
    const sibling =
      this.#schema.isTiny && slot % 3 === 0 && slot > 0
        ? this.#calls.sibling?.(this.#slot(slot - 2), random)
        : undefined
    return sibling ?? this.#calls.read(random)
  }

  /** The first slots are asked most often. */
  #pooled(): Read {
    return this.#slot(Math.floor(POOL_SIZE * this.#random.next() ** 1.7))
  }

  #route(): Route {
    return this.#random.weighted<Route>([
      [7, 'cached'],
      [1, 'twin'],
      [2, 'sibling'],
    ])
  }

  /**
   * Mostly what an asked query reaches over a relation, since there a forgotten dependency shows; sometimes what
   * only a foreign key connects with it, since there a forgotten cascade shows.
   */
  #target(read: Read) {
    const random = this.#random
    const own = this.#schema.models.find((model) => model.name === read.model)?.ends ?? []
    // The asked model itself: only there a row can come into a set or leave it, and leave other sets alone.
    const model = this.#schema.models.find(({ name }) => name === read.model)
    if (this.#schema.isTiny && model !== undefined && random.chance(0.5)) return { end: undefined, model }
    const ends = random.weighted<readonly End[]>([
      [6, this.#calls.reachedEnds(read)],
      [3, own],
      [1, []],
    ])
    const end = ends.length > 0 ? random.pick(ends) : undefined
    return { end, model: end ? modelOf(this.#schema, end.target) : random.pick(this.#schema.models) }
  }

  #write(mayLock: boolean, read = this.#pooled()): Write {
    const random = this.#random
    const { end, model } = this.#target(read)
    return random.weighted<() => Write>([
      [this.#schema.isTiny ? 24 : 0, () => this.#calls.pointWrite(model, random)],
      [8, () => this.#calls.modelWrite(model, random)],
      [3, () => this.#calls.robustWrite(model, random)],
      [6, () => this.#calls.rawWrite(model, random, mayLock)],
      [6, () => this.#calls.plainWrite(model, random)],
      [end?.ownsKey ? 14 : 4, () => this.#calls.keyWrite(model, random)],
      [end ? 7 : 0, () => this.#alongRelation(end!)],
    ])()
  }

  #alongRelation(end: End): Write {
    const random = this.#random
    const { relation } = end
    return relation.type === 'manyToMany' && random.chance(0.3)
      ? this.#calls.rawJoinRow(relation, random)
      : this.#calls.relationWrite(end, random)
  }

  /** Mostly what hardly ever fails: a failed statement ends the whole transaction. */
  #inside(read = this.#pooled()): Write {
    const random = this.#random
    const { end, model } = this.#target(read)
    return random.weighted<() => Write>([
      [this.#schema.isTiny ? 3 : 0, () => this.#calls.pointWrite(model, random)],
      [3, () => this.#calls.robustWrite(model, random)],
      [1, () => this.#calls.modelWrite(model, random)],
      [1.5, () => this.#calls.rawWrite(model, random, false)],
      [2, () => this.#calls.plainWrite(model, random)],
      [end ? 1 : 0, () => this.#alongRelation(end!)],
    ])()
  }

  get #isDeciding(): boolean {
    return this.#schema.isTiny && this.#calls.decidingWrite !== undefined
  }

  /** Of what only a few of the reads ask: by chance it hardly ever meets them. */
  #deciding(reads: readonly Read[]): { readonly read: Read; readonly write: Write } | undefined {
    if (!this.#isDeciding || this.#random.chance(0.4)) return undefined
    const found = reads.flatMap((read) => {
      const write = this.#calls.decidingWrite?.(read, this.#random)
      return write === undefined ? [] : [{ read, write }]
    })
    return found.length === 0 ? undefined : this.#random.pick(found)
  }

  #decidingOrAny(): Write {
    return this.#deciding(this.pool())?.write ?? this.#write(true)
  }

  #probe(): Step {
    const reads = this.pool()
    const write = this.#deciding(reads)?.write ?? this.#write(true, this.#random.pick(reads))
    return { kind: 'probe', reads, write, route: this.#route() }
  }

  #batch(): Step {
    const random = this.#random
    const items = Array.from({ length: random.int(2, 4) }, (): BatchItem =>
      random.chance(0.35) ? { kind: 'read', read: this.#pooled() } : { kind: 'write', write: this.#inside() },
    )
    return { kind: 'batch', items }
  }

  #interactive(): Step {
    const random = this.#random
    return {
      kind: 'interactive',
      body: this.#body(random.int(2, 5), 2),
      end: random.chance(0.65) ? 'commit' : 'throw',
      swallows: random.chance(0.5),
      route: random.chance(0.85) ? 'cached' : 'twin',
      form: this.#calls.transactionForm(random),
    }
  }

  /** A transaction that changes what it has just read outside, and reads it again inside. */
  #ownWrites(): Step {
    const random = this.#random
    const read = this.#pooled()
    return {
      kind: 'interactive',
      body: [
        { kind: 'outerRead', read },
        { kind: 'write', write: this.#inside(read) },
        { kind: 'read', read },
        { kind: 'outerRead', read },
      ],
      end: random.chance(0.65) ? 'commit' : 'throw',
      swallows: true,
      route: 'cached',
      form: this.#calls.transactionForm(random),
    }
  }

  /** A transaction that reads what it has written: what it is shown says what became of the rows. */
  #readAfterwards(): Step {
    const random = this.#random
    const pool = this.pool()
    const { read, write } = this.#deciding(pool) ?? { read: this.#pooled(), write: this.#inside() }
    const sibling = this.#calls.sibling?.(read, random) ?? read
    const writes: Action[] = random.chance(0.3)
      ? [{ kind: 'write', write: this.#deciding(pool)?.write ?? this.#inside(read) }]
      : []
    const asked: Action = { kind: 'read', read: sibling }
    const rest = random.chance(0.5) ? [...writes, asked] : [asked, ...writes]
    const steps: Action[] = [{ kind: 'write', write }, ...rest]
    const nested: Action = { kind: 'nested', body: steps, end: random.chance(0.5) ? 'commit' : 'throw' }
    return {
      kind: 'interactive',
      body: [{ kind: 'outerRead', read }, ...(random.chance(0.2) ? [nested] : steps)],
      end: random.chance(0.85) ? 'commit' : 'throw',
      swallows: true,
      route: 'cached',
      form: this.#calls.transactionForm(random),
    }
  }

  /** A transaction that keeps what it wrote, but for what came after a savepoint. */
  #undone(): Step {
    const random = this.#random
    const read = this.#pooled()
    return {
      kind: 'interactive',
      body: [
        { kind: 'outerRead', read },
        { kind: 'write', write: this.#inside(read) },
        { kind: 'nested', body: [{ kind: 'write', write: this.#inside() }], end: 'throw' },
      ],
      end: 'commit',
      swallows: true,
      route: 'cached',
      form: this.#calls.transactionForm(random),
    }
  }

  #body(length: number, depth: number): Action[] {
    const random = this.#random
    return Array.from({ length }, () =>
      random.weighted<() => Action>([
        [5, () => ({ kind: 'write', write: this.#inside() })],
        [2.5, () => ({ kind: 'read', read: this.#pooled() })],
        [2, () => ({ kind: 'outerRead', read: this.#pooled() })],
        [0.5, () => ({ kind: 'outerWrite', write: this.#inside() })],
        [
          depth > 0 ? 2 : 0,
          () => ({
            kind: 'nested',
            body: this.#body(random.int(1, 3), depth - 1),
            end: random.chance(0.5) ? 'commit' : 'throw',
          }),
        ],
      ])(),
    )
  }

  /** Mostly of a query that nobody has asked yet, since what is answered from the cache is not loaded. */
  #heldRead(): Step {
    const random = this.#random
    const read = random.chance(0.7) ? this.#calls.read(random) : this.#pooled()
    return {
      kind: 'heldRead',
      read,
      write: this.#write(true, read),
      route: this.#route(),
      hasLateReader: random.chance(0.5),
    }
  }

  #heldWrite(): Step {
    const random = this.#random
    const at = random.pick(['statement', 'commit'] as const)
    const point = random.pick(['before', 'after'] as const)
    const reads = this.pool()
    const set = this.#isDeciding && random.chance(0.4) ? this.#calls.set?.(random) : undefined
    if (set !== undefined) {
      const { counted, shown, write } = set
      return { kind: 'heldWrite', write, at, point, warm: [counted], reads: [...reads, shown, counted] }
    }
    const deciding = this.#deciding(reads)
    if (deciding === undefined)
      return { kind: 'heldWrite', write: this.#write(false, random.pick(reads)), at, point, reads }
    const { read, write } = deciding
    // Asked for the first time when the write has run and is not told of: then it shows what others do not.
    const sibling = this.#calls.sibling?.(read, random) ?? []
    return { kind: 'heldWrite', write, at, point, reads: [...reads, sibling].flat() }
  }
}
