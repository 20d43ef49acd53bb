import { FreshetError } from '@freshet/core'
import { print } from '@freshet/core/adapter'
import { seededRandom } from './seeded-random.js'

/** The calls of a store that can be disturbed: all that a query or a write can touch. */
export const storeOperations = [
  'lookup',
  'snapshot',
  'bind',
  'claim',
  'put',
  'delete',
  'openIntent',
  'closeIntent',
  'bump',
  'hold',
] as const
export type StoreOperation = (typeof storeOperations)[number]

/**
 * How a call fails: at once; by a promise; by never answering; or, worst, by an answer that is lost although the store has
 * done what it was asked.
 */
export type FaultKind = 'throws' | 'rejects' | 'never answers' | 'loses the answer'
export const faultKinds: readonly FaultKind[] = ['throws', 'rejects', 'never answers', 'loses the answer']

// What a call that fails now and then does: whoever asked is told, but not whether it was done.
const passingKinds: readonly FaultKind[] = ['rejects', 'loses the answer']

/** What a call fails with. */
export class InjectedFault extends Error {
  readonly operation: StoreOperation

  constructor(operation: StoreOperation) {
    super(`The test made the store fail at ${operation}().`)
    this.operation = operation
  }
}

export interface FaultsOptions {
  /** The same seed makes the same failures and delays, as long as the calls come in the same order. Default 1. */
  readonly seed?: number
}

/** What is wrong with a store at the moment. Nothing, to begin with. */
export class Faults {
  readonly #random: () => number
  readonly #always = new Map<StoreOperation, FaultKind>()
  readonly #sometimes = new Map<StoreOperation, number>()
  #delayMs: readonly [min: number, max: number] = [0, 0]
  #dropsPushes = false
  readonly #injected = new Map<StoreOperation, number>()
  #dropped = 0

  constructor({ seed = 1 }: FaultsOptions = {}) {
    this.#random = seededRandom(seed)
  }

  /** Calls that have been made to fail so far. */
  get injected(): number {
    return this.injectedInto(storeOperations)
  }

  /** As `injected`, of some operations only. */
  injectedInto(operations: readonly StoreOperation[]): number {
    return operations.reduce((sum, operation) => sum + (this.#injected.get(operation) ?? 0), 0)
  }

  /** Pushed messages that have been lost so far. */
  get dropped(): number {
    return this.#dropped
  }

  /** Whether a pushed message that arrives now is lost; counts it. */
  get losesPush(): boolean {
    if (this.#dropsPushes) this.#dropped++
    return this.#dropsPushes
  }

  /** Each call of `operations` fails, as `kind` says. */
  alwaysFail(kind: FaultKind = 'rejects', operations: readonly StoreOperation[] = storeOperations): this {
    for (const operation of operations) this.#always.set(operation, kind)
    return this
  }

  /**
   * Each call of `operations` fails with a probability from 0 to 1: half of those that do have been carried out.
   *
   * @throws FreshetError INVALID_OPTION
   */
  failSometimes(probability: number, operations: readonly StoreOperation[] = storeOperations): this {
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
      throw invalid(`failSometimes() takes a probability from 0 to 1, but ${print(probability)} was given.`)
    for (const operation of operations) this.#sometimes.set(operation, probability)
    return this
  }

  /**
   * Each call arrives at the store after `minMs` to `maxMs` milliseconds of the cache's clock. What is put and deleted under
   * one key stays in order, as every store must keep it.
   *
   * @throws FreshetError INVALID_OPTION
   */
  delay(minMs: number, maxMs: number = minMs): this {
    if (!(minMs >= 0 && maxMs >= minMs && maxMs < Infinity))
      throw invalid(
        `delay() takes milliseconds, the shorter ones first, but ${print(minMs)} and ${print(maxMs)} were given.`,
      )
    this.#delayMs = [minMs, maxMs]
    return this
  }

  /** What other processes' changes push to the store is lost, and nobody is told: to the store it looks like silence. */
  dropPushes(): this {
    this.#dropsPushes = true
    return this
  }

  /** Nothing fails, is late or is lost any more. Calls that never answer still do not. */
  heal(): this {
    this.#always.clear()
    this.#sometimes.clear()
    this.#delayMs = [0, 0]
    this.#dropsPushes = false
    return this
  }

  /** How the next call of `operation` fails, if it does; counts it. */
  next(operation: StoreOperation): FaultKind | undefined {
    const kind = this.#always.get(operation) ?? this.#chance(operation)
    if (kind !== undefined) this.#injected.set(operation, (this.#injected.get(operation) ?? 0) + 1)
    return kind
  }

  /** How long the next call is on its way, in milliseconds. */
  nextDelayMs(): number {
    const [min, max] = this.#delayMs
    return max === 0 ? 0 : min + this.#random() * (max - min)
  }

  #chance(operation: StoreOperation): FaultKind | undefined {
    const probability = this.#sometimes.get(operation)
    if (probability === undefined || this.#random() >= probability) return undefined
    return passingKinds[Math.floor(this.#random() * passingKinds.length)]
  }
}

function invalid(message: string): FreshetError {
  return new FreshetError('INVALID_OPTION', message)
}
