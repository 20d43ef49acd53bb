import { modelOf, type End, type Schema } from './model.js'
import { randomFrom, type Random } from './random.js'
import { randomRaw, rawJoinRow, type RawWrite } from './raw.js'
import { randomRead, reachedEnds, relativeOf, type Read } from './read.js'
import { refillStatement } from './seed-rows.js'
import {
  keyWrite,
  plainWrite,
  randomModelWrite,
  relationWrite,
  robustModelWrite,
  type ModelWrite,
} from './write.js'

export type Write = ModelWrite | RawWrite

/** Which client a write goes through: all of them share one tapped adapter. */
type Route = 'cached' | 'twin' | 'sibling'

/** What happens inside an interactive transaction, in order. */
export type Action =
  | { readonly kind: 'write'; readonly write: Write }
  | { readonly kind: 'read'; readonly read: Read }
  | { readonly kind: 'outerRead'; readonly read: Read }
  | { readonly kind: 'outerWrite'; readonly write: Write }
  | { readonly kind: 'nested'; readonly body: readonly Action[]; readonly end: 'commit' | 'throw' }

export type BatchItem =
  { readonly kind: 'read'; readonly read: Read } | { readonly kind: 'write'; readonly write: Write }

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
      readonly route: 'cached' | 'twin'
    }
  /** A read whose first answer is kept back while a write is made and acknowledged. */
  | { readonly kind: 'heldRead'; readonly read: Read; readonly write: Write; readonly route: Route }
  /** A write that is kept waiting before or after its statement, or its transaction's COMMIT, while reads go on. */
  | {
      readonly kind: 'heldWrite'
      readonly write: Write
      readonly at: 'statement' | 'commit'
      readonly point: 'before' | 'after'
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
export function episodeSteps(schema: Schema, seed: string, episode: number, length: number): Step[] {
  return Array.from({ length }, (_, index) =>
    stepAt(schema, randomFrom('episode', schema.name, seed, episode), index),
  )
}

function stepAt(schema: Schema, source: Random, index: number): Step {
  const maker = new StepMaker(schema, source, index)
  if (index % SWEEP_EVERY === SWEEP_EVERY - 1) return { kind: 'sweep', reads: maker.pool() }
  return index % REFILL_EVERY === REFILL_EVERY - 2 ? maker.refill() : maker.make()
}

class StepMaker {
  readonly #schema: Schema
  readonly #source: Random
  readonly #index: number
  readonly #random: Random

  constructor(schema: Schema, source: Random, index: number) {
    this.#schema = schema
    this.#source = source
    this.#index = index
    this.#random = source.fork('step', index)
  }

  make(): Step {
    const random = this.#random
    return random.weighted<() => Step>([
      [62, () => ({ kind: 'read', read: this.#pooled() })],
      [6, () => ({ kind: 'write', write: this.#write(true), route: this.#route() })],
      [21, () => this.#probe()],
      [2, () => this.#batch()],
      [4, () => this.#interactive()],
      [
        2.5,
        () => ({ kind: 'heldRead', read: this.#pooled(), write: this.#write(true), route: this.#route() }),
      ],
      [4, () => this.#heldWrite()],
    ])()
  }

  refill(): Step {
    const sql = refillStatement(this.#schema, this.#random)
    const write: Write = {
      kind: 'raw',
      form: 'doBlock',
      call: '$executeRawUnsafe',
      sql,
      values: [],
      locksOutReads: false,
    }
    return { kind: 'write', write, route: 'cached' }
  }

  pool(): Read[] {
    return Array.from({ length: POOL_SIZE }, (_, slot) => this.#slot(slot))
  }

  /** Slots change their query at different times, so that the pool is always partly warm. */
  #slot(slot: number): Read {
    const generation = Math.floor((this.#index + (slot * POOL_LIFETIME) / POOL_SIZE) / POOL_LIFETIME)
    const random = this.#source.fork('pool', slot, generation)
    return slot % 3 === 2 ? relativeOf(this.#slot(slot - 1), random) : randomRead(this.#schema, random)
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
    const ends = random.weighted<readonly End[]>([
      [6, reachedEnds(this.#schema, read)],
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
      [8, () => randomModelWrite(this.#schema, model, random)],
      [3, () => robustModelWrite(this.#schema, model, random)],
      [6, () => randomRaw(this.#schema, model, random, mayLock)],
      [6, () => plainWrite(model, random)],
      [end?.ownsKey ? 14 : 4, () => keyWrite(model, random)],
      [end ? 7 : 0, () => this.#alongRelation(end!)],
    ])()
  }

  #alongRelation(end: End): Write {
    const random = this.#random
    const { relation } = end
    return relation.type === 'manyToMany' && random.chance(0.3)
      ? rawJoinRow(this.#schema, relation, random)
      : relationWrite(this.#schema, end, random)
  }

  /** Mostly what hardly ever fails: a failed statement ends the whole transaction. */
  #inside(): Write {
    const random = this.#random
    const { end, model } = this.#target(this.#pooled())
    return random.weighted<() => Write>([
      [3, () => robustModelWrite(this.#schema, model, random)],
      [1, () => randomModelWrite(this.#schema, model, random)],
      [1.5, () => randomRaw(this.#schema, model, random, false)],
      [2, () => plainWrite(model, random)],
      [end ? 1 : 0, () => this.#alongRelation(end!)],
    ])()
  }

  #probe(): Step {
    const reads = this.pool()
    return { kind: 'probe', reads, write: this.#write(true, this.#random.pick(reads)), route: this.#route() }
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

  #heldWrite(): Step {
    const random = this.#random
    const at = random.pick(['statement', 'commit'] as const)
    const point = random.pick(['before', 'after'] as const)
    const reads = this.pool()
    return { kind: 'heldWrite', write: this.#write(false, random.pick(reads)), at, point, reads }
  }
}
