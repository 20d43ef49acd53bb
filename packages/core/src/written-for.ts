import type { Conditions } from './conditions.js'
import { bothConditions, conditionsOf } from './conditions.js'
import type { WriteObserver } from './observers.js'
import { type OwnReads, withOwnReads } from './own-reads.js'

/** Past this, what is written of single rows gives way to their tables. */
const maxTags = 1000

/** What some statements have written, for one observer. */
export class WrittenFor<Statement> {
  readonly observer: WriteObserver<Statement>
  /** Of the first statement. Nearly always it is the only one, or they all write the same. */
  readonly #first: readonly string[]
  readonly #firstStatement: Statement
  #all: Set<string> | undefined
  /** Those whose tags are in `#all`, to be asked for wider ones if there are too many. */
  #statements: Set<Statement> | undefined
  #isWide = false
  /** Of `#all`. */
  #conditions: Conditions | undefined
  /** It was told of once, or by a list that was: nothing is certain any more of the rows. */
  #isAgain = false

  constructor(observer: WriteObserver<Statement>, statement: Statement, tags: readonly string[]) {
    this.observer = observer
    this.#first = tags
    this.#firstStatement = statement
  }

  get tags(): readonly string[] {
    return this.#all === undefined ? this.#first : [...this.#all]
  }

  /** What is certain of the rows for which some of the tags stand; `undefined`: nothing. */
  get conditions(): Conditions | undefined {
    if (this.#isAgain || this.#isWide) return undefined
    return this.#all === undefined ? conditionsOf(this.#first) : this.#conditions
  }

  add(statement: Statement, tags: readonly string[]): void {
    if (tags === this.#first) return
    const conditions = bothConditions(this.conditions, (tag) => this.#has(tag), tags)
    this.#all ??= new Set(this.#first)
    this.#conditions = conditions
    for (const tag of this.#isWide ? this.#wideTagsOf(statement) : tags) this.#all.add(tag)
    if (this.#isWide) return
    this.#statements ??= new Set([this.#firstStatement])
    this.#statements.add(statement)
    if (this.#all.size > maxTags || this.#statements.size > maxTags) this.#widen(this.#statements)
  }

  /** Rows have been read after all that is written here. */
  addReads(reads: OwnReads): void {
    const { conditions } = this
    if (conditions === undefined) return
    this.#all ??= new Set(this.#first)
    this.#conditions = withOwnReads(conditions, (tag) => this.#has(tag), reads)
  }

  /** What another list of the same observer holds. */
  addAll(other: WrittenFor<Statement>): void {
    const { tags } = other
    this.#isAgain = true
    this.add(other.#firstStatement, tags)
    for (const statement of other.#statements ?? []) this.add(statement, tags)
  }

  copy(): WrittenFor<Statement> {
    const copy = new WrittenFor(this.observer, this.#firstStatement, this.#first)
    if (this.#all !== undefined) copy.#all = new Set(this.#all)
    if (this.#statements !== undefined) copy.#statements = new Set(this.#statements)
    copy.#isWide = this.#isWide
    copy.#isAgain = true
    return copy
  }

  #has(tag: string): boolean {
    return this.#all === undefined ? this.#first.includes(tag) : this.#all.has(tag)
  }

  #widen(statements: ReadonlySet<Statement>): void {
    if (this.observer.wideTagsOf === undefined) return
    this.#isWide = true
    this.#all = new Set([...statements].flatMap((statement) => this.#wideTagsOf(statement)))
    this.#statements = undefined
  }

  #wideTagsOf(statement: Statement): readonly string[] {
    return this.observer.wideTagsOf!(statement)
  }
}
