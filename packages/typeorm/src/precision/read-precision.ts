import type { TableExplanation, WantedSets } from '@freshet/core/adapter'
import type { ForeignKeyEdge, SqlDialect } from '@freshet/sql'
import { planRead, valuesApart } from '@freshet/sql'
import { LRUCache } from 'lru-cache'
import { applyPlan } from './applied-read.js'
import { explainRead } from './explain.js'
import { latePlaces, lateTags } from './late-tags.js'
import type { Choice, ReadPlan } from './read-plan.js'
import { planSelect } from './read-plan.js'
import { type KeptRows, keptRows } from './kept-rows.js'
import { type MembersOf, membersQueries, type MembersQuery, type ValueOfJoined } from './members.js'
import { type WholeSet, wholeSets } from './seen-sets.js'
import type { TablePrecisions } from './table-precision.js'

/** Options of {@link createReadPrecision}. */
export interface ReadPrecisionOptions {
  readonly dialect: SqlDialect
  /** The tables that writes are analysed with. */
  readonly tables: TablePrecisions
  /**
   * The tables that a text names, with those that the views among them are made from: lower-cased, without schema;
   * `undefined`: nobody can tell.
   */
  readonly tablesOf: (sql: string) => readonly string[] | undefined
  /**
   * Foreign keys that the database holds every row to. Then a row that comes cannot be referenced yet, and reads of a to-one
   * relation depend on the row alone. Default: none.
   */
  readonly enforced?: readonly ForeignKeyEdge[] | undefined
  /** Whether the database lets no two rows of a table have one value in a column, by its catalogue. Default: never. */
  readonly isUnique?: ((table: string, column: string) => boolean) | undefined
  /** Of which tables the rows of sets are asked for. Default: of none. */
  readonly membersOf?: MembersOf | undefined
  /** Told what is planned. Default: nobody is. */
  readonly onPlan?: ((plan: ReadPlan) => void) | undefined
  /** Carried by reads of which nobody can tell what they depend on; every write bumps it. */
  readonly anyTable: string
}

/** What one sending of a SELECT depends on. */
export interface PreciseRead {
  /** Known before the load. */
  readonly tags: readonly string[]
  /**
   * The clocks to be read before the load and again after the generations of the late tags; none if no tag follows from
   * the answer.
   */
  readonly clocks: readonly string[]
  /** The tags that follow from the rows, as the driver gives them; `undefined`: it cannot be told, and the clocks stay. */
  lateTags(rows: unknown): readonly string[] | undefined
  /** The tags of tables of whose rows it leaves some out although nothing names them. */
  readonly judged: ReadonlySet<string>
  /**
   * What is kept with an answer, for changes that do not name what it depends on; `undefined`: nobody can tell.
   *
   * @param judged of all statements that make the answer. Default: of this one
   * @param before how many groups of shown rows are kept of other statements, in front of these. Default: none
   */
  kept(rows: unknown, judged?: ReadonlySet<string>, before?: number): KeptRows | undefined
  /** The sets of which it shows all rows, if somebody may ask for them. */
  wholeSets(rows: unknown, wanted: WantedSets): readonly WholeSet[]
  /** What would have to be asked to know which rows its answer is made of, where it shows none of them; mostly nothing. */
  members(valueOf: ValueOfJoined): readonly MembersQuery[]
  /** For people: which tags are of which table, and why anything is wider than it could be. */
  explain(rows: unknown): readonly TableExplanation[]
}

/** Tells what the queries of one DataSource depend on. */
export interface ReadPrecision {
  read(sql: string, parameters: readonly unknown[] | undefined): PreciseRead
}

const maxRemembered = 5000
const maxRememberedLength = 16 * 2 ** 20

/**
 * Builds the function that tells which rows, columns and sets a SELECT depends on, as TypeORM sends it. What it does not
 * understand has table precision, or depends on everything; it never narrows. A text is planned once while it is remembered.
 *
 * @example
 * const read = precision.read('SELECT "Post"."id" AS "Post_id", … FROM "post" "Post" WHERE "Post"."authorId" = $1', [5])
 * read.tags                            // ['post', 'post[authorid=*]', 'post[authorid=5]']
 * read.clocks                          // ['post~']
 * read.lateTags([{ Post_id: 7, … }])   // ['post#7']
 */
export function createReadPrecision(options: ReadPrecisionOptions): ReadPrecision {
  const { dialect, tables, tablesOf, enforced = [], isUnique = never, anyTable } = options
  const plans = new LRUCache<string, ReadPlan>({
    max: maxRemembered,
    maxSize: maxRememberedLength,
    sizeCalculation: (_plan, sql) => sql.length + 1,
  })
  const quote = dialect === 'mysql' ? '`' : '"'
  const planning = {
    tables,
    enforced,
    isUnique,
    anyTable,
    behind: (table: string) => tablesOf(`SELECT * FROM ${quote}${table}${quote}`),
  }
  const planOf = (sql: string): ReadPlan => {
    let plan = plans.get(sql)
    if (plan === undefined) {
      plans.set(sql, (plan = planSelect(planRead(sql, dialect), tablesOf(sql), planning)))
      options.onPlan?.(plan)
    }
    return plan
  }
  return {
    read(sent, given) {
      const { sql, parameters } = valuesApart(sent, given, dialect)
      const plan = planOf(sql)
      if (!plan.tells(parameters)) return new PlannedRead(plan, plan.widest, undefined, parameters, undefined)
      const { tags, choice } = applyPlan(plan, parameters)
      return new PlannedRead(plan, tags, choice, parameters, options.membersOf)
    },
  }
}

const never = (): boolean => false
const none: readonly string[] = Object.freeze([])

class PlannedRead implements PreciseRead {
  readonly tags: readonly string[]
  readonly #plan: ReadPlan
  /** `undefined`: nothing is told of the values. */
  readonly #choice: Choice | undefined
  readonly #parameters: readonly unknown[] | undefined
  readonly #membersOf: MembersOf | undefined

  constructor(
    plan: ReadPlan,
    tags: readonly string[],
    choice: Choice | undefined,
    parameters: readonly unknown[] | undefined,
    membersOf: MembersOf | undefined,
  ) {
    this.tags = tags
    this.#plan = plan
    this.#choice = choice
    this.#parameters = parameters
    this.#membersOf = membersOf
  }

  get clocks(): readonly string[] {
    if (this.#choice === undefined) return none
    const late = latePlaces(this.#plan, this.#choice)
    return late.length === 0 ? none : [...new Set(late.map(({ table }) => table.texts.clock))]
  }

  lateTags(rows: unknown): readonly string[] | undefined {
    if (this.#choice === undefined) return none
    return Array.isArray(rows) ? lateTags(this.#plan, this.#choice, rows) : undefined
  }

  get judged(): ReadonlySet<string> {
    return this.#plan.judged
  }

  kept(rows: unknown, judged = this.#plan.judged, before = 0): KeptRows | undefined {
    const choice = this.#choice
    if (choice === undefined || !Array.isArray(rows)) return undefined
    return keptRows({ plan: this.#plan, choice, parameters: this.#parameters }, rows, judged, before)
  }

  wholeSets(rows: unknown, wanted: WantedSets): readonly WholeSet[] {
    if (this.#choice === undefined || !Array.isArray(rows)) return []
    return wholeSets(this.#plan, this.#parameters, rows, wanted)
  }

  members(valueOf: ValueOfJoined): readonly MembersQuery[] {
    const [choice, membersOf] = [this.#choice, this.#membersOf]
    if (choice === undefined || membersOf === undefined) return []
    return membersQueries(this.#plan, choice, this.#parameters, membersOf, valueOf)
  }

  explain(rows: unknown): readonly TableExplanation[] {
    return explainRead(this.#plan, this.#choice, this.tags, this.lateTags(rows) ?? this.clocks)
  }
}
