import {
  type ConditionalChange,
  type JudgedTags,
  type KeptAt,
  type LateTags,
  type OtherAnswers,
  RowsElsewhere,
  type SeenSet,
  type ShownRows,
  type TableExplanation,
  type TrackedRow,
} from '@freshet/core/adapter'
import { compared, type ValueType } from '@freshet/sql'
import { resolveDependsOn, type DependsOn } from '../dependencies/depends-on.js'
import { isReadOperation } from '../dependencies/operations.js'
import { createReadDependencies, type ReadDependencies } from '../dependencies/read-dependencies.js'
import { planReads } from '../dependencies/read-plan.js'
import type { DataModel, ForeignKey } from '../schema/data-model.js'
import { applyPlan, preparePlan, type PreparedPlan } from './applied-read.js'
import { NotUnderstood } from './arguments.js'
import { isBesides } from './besides.js'
import { areExcluded } from './excluded-rows.js'
import { explainRead } from './explain.js'
import { joinTablesOf } from './join-table.js'
import { clocksOf, lateTags } from './late-tags.js'
import type { Candidate } from './place.js'
import { planPlace, tagsOfPlace } from './place.js'
import { Planning, type Schema } from './plan-context.js'
import { planRows, planSummary } from './plan-query.js'
import { seenSets, WantedSets } from './seen-sets.js'
import { Shapes } from './shapes.js'
import type { TablePrecisions } from './table-precision.js'
import { TrackedColumns } from './tracked-columns.js'

/** Options of {@link createReadPrecision}. */
export interface ReadPrecisionOptions {
  /** The tables that writes are analysed with. */
  readonly tables: TablePrecisions
  /** As for the tables. Default: none. */
  readonly dependsOn?: DependsOn | undefined
  /** What the client was given as `omit`: `client._globalOmit`. Default: nothing. */
  readonly globalOmit?: unknown
  /** Whether the client has computed fields, for which Prisma fetches columns that were omitted. Default: it may. */
  readonly computesFields?: boolean | undefined
  /**
   * Whether the database holds this key to its rows, by its catalogue. Then a row that comes cannot be referenced yet,
   * and reads of a to-one relation depend on the row alone. Default: never, and never with `relationMode = "prisma"`.
   */
  readonly isEnforced?: ((foreignKey: ForeignKey) => boolean) | undefined
  /** Whether the database lets no two rows of a table have one value in a column, by its catalogue. Default: never. */
  readonly isUnique?: ((table: string, column: string) => boolean) | undefined
  /** Where writes look up of which tags they are to tell what their rows have. Default: they tell it of all. */
  readonly judged?: JudgedTags | undefined
  /** Carried by reads of which nobody can tell what they depend on; every write bumps it. */
  readonly anyTable: string
}

/** What a read depends on. */
export interface PreciseRead extends ShownRows {
  /** Known before the load. */
  readonly tags: readonly string[]
  /**
   * The clocks to be read before the load and again after the generations of the late tags; none if no tag follows from
   * the result.
   */
  readonly clocks: readonly string[]
  /** Both; `undefined`: nothing is bound late. */
  readonly late: LateTags | undefined
  /** The tags that follow from the result, as the query hook is given it. */
  lateTags(result: unknown): readonly string[]
  /** Whether other answers may tell of what it depends on, or it of what others do: then `keptAt()` is to be called. */
  readonly meetsOthers: boolean
  /** Says where its answer is kept. */
  keptAt(at: KeptAt): void
  /** Says that it is asked in a scope. */
  isScoped(): void
  /** For people: which tags are of which table, and why anything is wider than it could be. */
  explain(result: unknown): readonly TableExplanation[]
}

/** Tells what reads of one client depend on. */
export interface ReadPrecision {
  /** @param dataPath the fluent path, `['select', 'posts']` for `prisma.user.findUnique(…).posts()`. */
  read(model: string, operation: string, args: unknown, dataPath?: readonly string[]): PreciseRead
}

const noPath: readonly string[] = []
// Of one operation of one model. A shape takes some twenty, and an application has dozens of shapes.
const maxSteps = 20_000

/**
 * Builds the function that tells which rows, columns and sets a read depends on. What it does not understand has table
 * precision, or depends on everything; it never narrows. Reads of one shape are planned once.
 *
 * @throws FreshetError INVALID_OPTION for an unknown name in `dependsOn`.
 *
 * @example
 * const read = precision.read('Post', 'findMany', { where: { authorId: 5 }, orderBy: { title: 'asc' } })
 * read.tags                        // ['post', 'post[authorid=*]', 'post.title', 'post[authorid=5]']
 * read.clocks                      // ['post~']
 * read.lateTags([{ id: 7, … }])    // ['post#7']
 */
export function createReadPrecision(dataModel: DataModel, options: ReadPrecisionOptions): ReadPrecision {
  const elsewhere = new RowsElsewhere(options.isUnique ?? never, compared)
  const seen: SeenElsewhere = { tracked: new TrackedColumns(), sets: new WantedSets() }
  const planner = createPlanner(dataModel, options, elsewhere, seen)
  const byModel = new Map<string, Map<string, Shapes<PreparedPlan>>>()
  const shapesOf = (model: string, kind: string): Shapes<PreparedPlan> => {
    let kinds = byModel.get(model)
    if (kinds === undefined) byModel.set(model, (kinds = new Map()))
    let shapes = kinds.get(kind)
    if (shapes === undefined) kinds.set(kind, (shapes = new Shapes(maxSteps)))
    return shapes
  }
  return {
    read(model, operation, args, dataPath = noPath) {
      const kind = dataPath.length === 0 ? operation : `${operation}/${dataPath.join('/')}`
      const shape = shapesOf(model, kind).of(args)
      const plan = (shape.value ??= planner(model, operation, args, dataPath))
      const { tags, chosen } = applyPlan(plan, args)
      return new PlannedRead(plan, tags, chosen, args, elsewhere, seen)
    },
  }
}

/** What may be asked of rows that answers have shown. */
interface SeenElsewhere {
  readonly tracked: TrackedColumns
  readonly sets: WantedSets
}

class PlannedRead implements PreciseRead {
  readonly tags: readonly string[]
  readonly #plan: PreparedPlan
  readonly #chosen: readonly (Candidate | undefined)[]
  readonly #args: unknown
  readonly #elsewhere: RowsElsewhere<ValueType>
  readonly #seen: SeenElsewhere
  #keptAt: KeptAt | undefined

  constructor(
    plan: PreparedPlan,
    tags: readonly string[],
    chosen: readonly (Candidate | undefined)[],
    args: unknown,
    elsewhere: RowsElsewhere<ValueType>,
    seen: SeenElsewhere,
  ) {
    this.tags = tags
    this.#plan = plan
    this.#chosen = chosen
    this.#args = args
    this.#elsewhere = elsewhere
    this.#seen = seen
  }

  get clocks(): readonly string[] {
    return this.#chosen === this.#plan.usualChoice
      ? this.#plan.usualClocks
      : clocksOf(this.#plan, this.#chosen)
  }

  get late(): LateTags | undefined {
    const { clocks } = this
    return clocks.length === 0 ? undefined : { clocks, of: (result) => this.#toKeep(result) }
  }

  #toKeep(result: unknown): readonly string[] {
    const tags = this.lateTags(result)
    const { own } = this.#plan
    if (this.#keptAt !== undefined && own !== undefined && this.#elsewhere.isWanted(own.table.name))
      this.#elsewhere.note(this.#keptAt, own, result)
    return tags
  }

  get meetsOthers(): boolean {
    const { own, isDerived } = this.#plan
    return isDerived || (own !== undefined && this.#elsewhere.isWanted(own.table.name))
  }

  keptAt(at: KeptAt): void {
    this.#keptAt = at
  }

  isScoped(): void {
    this.#seen.tracked.stop()
  }

  lateTags(result: unknown): readonly string[] {
    return lateTags(this.#plan, this.#chosen, result)
  }

  areExcluded(result: unknown, change: ConditionalChange): boolean {
    return areExcluded(
      { plan: this.#plan, tags: this.tags, chosen: this.#chosen, args: this.#args },
      result,
      change,
    )
  }

  isBesides(result: unknown, change: ConditionalChange, others: OtherAnswers): boolean {
    return isBesides(
      {
        plan: this.#plan,
        tags: this.tags,
        chosen: this.#chosen,
        args: this.#args,
        keptAt: this.#keptAt,
      },
      result,
      this.#seen.tracked.isStopped ? { ...change, moved: undefined, at: undefined } : change,
      { elsewhere: this.#elsewhere, others },
    )
  }

  tracked(result: unknown): readonly TrackedRow[] {
    return this.#seen.tracked.rowsIn(this.#plan, result)
  }

  seenSets(result: unknown): readonly SeenSet[] {
    const { tracked, sets } = this.#seen
    if (tracked.isStopped) return []
    return seenSets(
      { plan: this.#plan, tags: this.tags, chosen: this.#chosen, args: this.#args },
      sets,
      result,
    )
  }

  explain(result: unknown): readonly TableExplanation[] {
    const applied = { plan: this.#plan, tags: this.tags, chosen: this.#chosen }
    return explainRead(applied, this.lateTags(result))
  }
}

const never = (): boolean => false

type Planner = (model: string, operation: string, args: unknown, dataPath: readonly string[]) => PreparedPlan

function createPlanner(
  dataModel: DataModel,
  options: ReadPrecisionOptions,
  elsewhere: RowsElsewhere<ValueType>,
  { tracked, sets }: SeenElsewhere,
): Planner {
  const { dependsOn, tables, globalOmit, computesFields = true, isEnforced = never, anyTable } = options
  const dependenciesOf = createReadDependencies(dataModel, { dependsOn })
  const schema: Schema = {
    dataModel,
    joinTables: joinTablesOf(dataModel),
    tables,
    behind: planReads(dataModel, resolveDependsOn(dependsOn, dataModel)),
    globalOmit,
    computesFields,
    isEnforced: dataModel.relationMode === 'prisma' ? never : isEnforced,
    isUnique: options.isUnique ?? never,
  }
  return (model, operation, args, dataPath) => {
    try {
      const plan = planPrecisely(schema, model, operation, args, dataPath)
      for (const { derived } of plan.places) for (const { value } of derived) elsewhere.want(value.table)
      tracked.wantAll(plan)
      sets.wantAll(plan)
      options.judged?.addAll([...judgedTags(plan), ...tracked.tagsOf(plan), ...sets.tagsOf(plan)])
      return plan
    } catch (error) {
      // Whatever went wrong, the tables are right.
      const reason = error instanceof NotUnderstood ? error.message : `the analysis failed: ${String(error)}`
      return planWidely(dependenciesOf, tables, anyTable, { model, operation, args, reason })
    }
  }
}

/** Those of places of which an answer may be judged by what rows have. */
const judgedTags = ({ places, shown, cut }: PreparedPlan): readonly string[] =>
  places
    .filter(({ derived }, at) => derived.length > 0 || (cut !== undefined && at === shown?.place))
    .flatMap(tagsOfPlace)

function planPrecisely(
  schema: Schema,
  modelName: string,
  operation: string,
  args: unknown,
  dataPath: readonly string[],
): PreparedPlan {
  const model = schema.dataModel.models.get(modelName)
  if (model === undefined || !isReadOperation(operation))
    throw new NotUnderstood(`${operation} is not a read`)
  const planning = new Planning(schema, args)
  const showsRows = operation.startsWith('find')
  const rows = showsRows
    ? planRows(planning, model, dataPath, operation.startsWith('findFirst'))
    : { shown: undefined }
  if (!showsRows) planSummary(planning, model)
  return preparePlan({
    tags: [...planning.tags],
    places: planning.places.map(planPlace),
    ...rows,
    wide: planning.wide,
  })
}

interface Asked {
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly reason: string
}

/** By the tables alone: any write to one of them. */
function planWidely(
  dependenciesOf: ReadDependencies,
  tables: TablePrecisions,
  anyTable: string,
  { model, operation, args, reason }: Asked,
): PreparedPlan {
  const reached = dependenciesOf(model, operation, args)
  const texts = reached === 'all' ? [] : reached.tables.map((table) => tables.of(table).texts)
  const tags = reached === 'all' ? [anyTable] : texts.flatMap(({ table, clock }) => [table, clock])
  const wide = new Map(texts.map(({ table }) => [table, reason]))
  if (reached === 'all') wide.set(anyTable, reason)
  return preparePlan({ tags, places: [], shown: undefined, wide })
}
