import type { SqlDialect } from '../dialect.js'
import type { Catalogue } from './catalogue.js'
import { catalogueQueries, readCatalogue } from './read-catalogue.js'

/** Sends one statement without parameters; resolves with its rows, as objects by column or as lists. */
export type RunQuery = (sql: string) => Promise<readonly unknown[]>

/** What a database is known to say of its tables at this moment. */
export interface LiveCatalogue {
  /**
   * Another object whenever what is known has changed. `undefined`: not asked yet, being asked again, or it could not be
   * read.
   */
  readonly current: Catalogue | undefined
  /** Why it is not known, if asking for it has failed. */
  readonly failure: unknown
  /**
   * Asks through `run`, unless it is known or being asked. Never rejects.
   *
   * @returns when it is known, or has failed, or the deadline has passed, after which the question goes on; at once if
   * the question is put off, because one after a change or a refusal was too short a while ago
   */
  ask(run: RunQuery): Promise<void>
  /** Nothing is known, nothing is tried again, and no change is waited for: nobody is connected until somebody asks. */
  forget(): void
  /** Definitions are about to change: nothing is known, and nothing is asked, until that has ended. */
  changing(): DefinitionChange
  /** When nothing is being asked, or put off: what is known then will stay until somebody forgets or asks. */
  settled(): Promise<void>
}

/** A statement that may change definitions, or the transaction around it. */
export interface DefinitionChange {
  /**
   * It has been carried out or undone, for everybody to see. Called again, it does nothing. Never rejects.
   *
   * @param run asks what has become of the tables; left out if that may not be settled yet
   */
  ended(run: RunQuery | undefined): Promise<void>
}

export interface LiveCatalogueOptions {
  readonly dialect: SqlDialect
  /** It could not be read, for another reason than the last time. What it throws is ignored. */
  readonly onFailure?: ((cause: unknown) => void) | undefined
  /** For how long an `ask()` waits for its answer. Default: 2000. */
  readonly deadlineMs?: number | undefined
  readonly clock?: CatalogueClock | undefined
}

/** Where a catalogue gets its time from. */
export interface CatalogueClock {
  /** Milliseconds that only ever grow. */
  now(): number
  /** Runs `callback` once, without keeping the process alive. Returns how to cancel. */
  setTimer(callback: () => void, ms: number): () => void
}

/**
 * A catalogue that is asked for once, and again after definitions have changed.
 *
 * One question is under way at a time, and questions take at most a tenth of it. One that was refused is put again, more
 * and more seldom. An answer is only taken if nothing was forgotten since its question was sent.
 */
export function createLiveCatalogue(options: LiveCatalogueOptions): LiveCatalogue {
  return new AskedCatalogue(options)
}

interface Wanted {
  readonly run: RunQuery
  /** Nobody waits for it. */
  readonly isRetry: boolean
}

interface Question {
  readonly run: RunQuery
  readonly era: number
  readonly begunAt: number
  /** The deadline has passed: another one may be asked beside it. */
  isLate: boolean
  /** Resolves whoever waits for it. */
  release(): void
  readonly released: Promise<void>
}

const shareOfTime = 10
const firstPauseMs = 1000
const longestPauseMs = 300_000

class AskedCatalogue implements LiveCatalogue {
  readonly #options: LiveCatalogueOptions
  readonly #clock: CatalogueClock
  readonly #deadlineMs: number
  #current: Catalogue | undefined
  #failure: unknown
  /** Grows with everything that is forgotten. */
  #era = 0
  #question: Question | undefined
  /** To be asked as soon as may be. */
  #wanted: Wanted | undefined
  /** Under way. */
  readonly #changes = new Set<DefinitionChange>()
  #notBefore = -Infinity
  /** Ends the wait for `#notBefore`, if there is one. */
  #cancelPause: (() => void) | undefined
  #failures = 0
  #told: string | undefined
  #waiting: (() => void)[] = []

  constructor(options: LiveCatalogueOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#deadlineMs = options.deadlineMs ?? 2000
  }

  get current(): Catalogue | undefined {
    return this.#current
  }

  get failure(): unknown {
    return this.#failure
  }

  forget(): void {
    this.#outdate()
    this.#changes.clear()
    this.#wanted = undefined
    // Whoever comes next waits for it; one that refused is not asked sooner for that.
    if (this.#failures === 0) {
      this.#notBefore = -Infinity
      this.#cancelPause?.()
      this.#cancelPause = undefined
    }
    this.#settle()
  }

  changing(): DefinitionChange {
    let hasEnded = false
    const change: DefinitionChange = {
      ended: async (run) => {
        if (hasEnded) return
        hasEnded = true
        this.#changes.delete(change)
        this.#outdate()
        if (run === undefined) this.#askNext()
        else await this.ask(run)
      },
    }
    this.#changes.add(change)
    this.#outdate()
    return change
  }

  #outdate(): void {
    this.#era++
    this.#current = undefined
  }

  async ask(run: RunQuery): Promise<void> {
    if (this.#current !== undefined) return
    const before = this.#question
    if (before?.era === this.#era && !before.isLate) return before.released
    this.#wanted = { run, isRetry: false }
    this.#askNext()
    // Put off, nobody can tell for how long.
    const own = this.#question
    if (own !== before) await own?.released
  }

  settled(): Promise<void> {
    if (this.#isSettled) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  get #isSettled(): boolean {
    return this.#question === undefined && this.#wanted?.isRetry !== false
  }

  #settle(): void {
    if (this.#isSettled) for (const resolve of this.#waiting.splice(0)) resolve()
  }

  #askNext(): void {
    if (this.#current !== undefined) this.#wanted = undefined
    const wanted = this.#wanted
    if (wanted === undefined || this.#changes.size > 0) return
    if (this.#cancelPause !== undefined || this.#question?.isLate === false) return
    const pause = this.#notBefore - this.#clock.now()
    if (pause > 0) return this.#pause(pause)
    this.#wanted = undefined
    this.#send(wanted.run)
  }

  #pause(ms: number): void {
    this.#cancelPause = this.#clock.setTimer(() => {
      this.#cancelPause = undefined
      this.#askNext()
    }, ms)
  }

  #send(run: RunQuery): void {
    const { promise, resolve } = withResolvers()
    const question: Question = {
      run,
      era: this.#era,
      begunAt: this.#clock.now(),
      isLate: false,
      release: resolve,
      released: promise,
    }
    this.#question = question
    const disarm = this.#clock.setTimer(() => this.#late(question), this.#deadlineMs)
    void this.#answer(question).finally(disarm)
  }

  async #answer(question: Question): Promise<void> {
    const { dialect } = this.#options
    try {
      const rows = await question.run(catalogueQueries[dialect])
      this.#answered(question, readCatalogue(dialect, rows))
    } catch (cause) {
      if (this.#failed(question, cause)) this.#wanted ??= { run: question.run, isRetry: true }
    }
    this.#over(question)
  }

  #answered({ era, begunAt }: Question, catalogue: Catalogue): void {
    const now = this.#clock.now()
    this.#notBefore = now + shareOfTime * (now - begunAt)
    this.#failures = 0
    if (era !== this.#era) return
    this.#current = catalogue
    this.#failure = undefined
    this.#told = undefined
  }

  /** Whether that is news. */
  #failed({ era }: Question, cause: unknown): boolean {
    this.#notBefore = this.#clock.now() + Math.min(firstPauseMs * 2 ** this.#failures++, longestPauseMs)
    if (era !== this.#era || this.#current !== undefined) return false
    this.#failure = cause
    this.#tell(cause)
    return true
  }

  #late(question: Question): void {
    question.isLate = true
    this.#failed(question, new Error(`The database did not answer within ${this.#deadlineMs} ms`))
    question.release()
    this.#askNext()
  }

  #over(question: Question): void {
    question.release()
    if (this.#question === question) this.#question = undefined
    this.#askNext()
    this.#settle()
  }

  #tell(cause: unknown): void {
    const reason = String(cause)
    if (reason === this.#told) return
    this.#told = reason
    try {
      this.#options.onFailure?.(cause)
    } catch {
      // A listener's own failure must not fail a connection.
    }
  }
}

const systemClock: CatalogueClock = {
  now: () => performance.now(),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void
  const promise = new Promise<void>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
