import {
  type ConditionalChange,
  type Dependencies,
  type JudgedTags,
  type KeptAt,
  type LateTags,
  type OtherAnswers,
  RowsElsewhere,
  type SeenSet,
  type ShownRows,
  type TableExplanation,
  type TrackedRow,
  WantedSets,
} from '@freshet/core/adapter'
import { compared, type ValueType } from '@freshet/sql'
import { resolveDependsOn, type DependsOn } from '../dependencies/depends-on.js'
import { isReadOperation } from '../dependencies/operations.js'
import { createReadDependencies, type ReadDependencies } from '../dependencies/read-dependencies.js'
import { planReads } from '../dependencies/read-plan.js'
import type { DataModel, ForeignKey } from '../schema/data-model.js'
import { applyPlan, type AppliedRead, preparePlan, type PreparedPlan } from './applied-read.js'
import { NotUnderstood } from './arguments.js'
import { type AnsweredRead, answeredRead, isBesides, joinedValue } from './besides.js'
import { areExcluded } from './excluded-rows.js'
import { explainRead } from './explain.js'
import { joinTablesOf } from './join-table.js'
import { clocksOf, lateTags } from './late-tags.js'
import { askedModels, type MembersOptions, membersQueries, type MembersQuery } from './members.js'
import { namesByFew, planPlace, tagsOfPlace } from './place.js'
import { columnsOf, Planning, type Schema } from './plan-context.js'
import { planRows, planSummary } from './plan-query.js'
import { joinedOf, seenSets, tagsOfSets, wantSets } from './seen-sets.js'
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
  /** How many rows a set of a model may have for its rows to be asked for. Default: nothing is asked. */
  readonly membersOf?: ((model: string) => number) | undefined
  /** Where writes look up of which tags they are to tell what their rows have. Default: they tell it of all. */
  readonly judged?: JudgedTags | undefined
  /** Carried by reads of which nobody can tell what they depend on; every write bumps it. */
  readonly anyTable: string
}

/** What a read depends on. It is found out when somebody asks, which nobody does for most answers that are there. */
export interface PreciseRead extends Dependencies, ShownRows {
  /**
   * The clocks to be read before the load and again after the generations of the late tags; none if no tag follows from
   * the result.
   */
  readonly clocks: readonly string[]
  /** The tags that follow from the result, as the query hook is given it. */
  lateTags(result: unknown): readonly string[]
  /** Says where its answer is kept, for other answers that may tell of what it depends on, or it of what they do. */
  keptAt(scope: string, key: string): void
  /** Says that it is asked in a scope. */
  isScoped(): void
  /**
   * Finds out now what it depends on: writes tell what reads are known to ask for, and it must be known before the next one. Never
   * fails; what does is told when the tags are asked for.
   */
  prepare(): void
  /** Whether anything may have to be asked to know which rows its answer is made of. */
  readonly asksMembers: boolean
  /** What is to be asked to know that where it shows none of them; mostly nothing. @param answers what is stored by then */
  members(result: unknown, answers: () => OtherAnswers): readonly MembersQuery[]
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
  const elsewhere = new RowsElsewhere(compared)
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
  const apply: Apply = (model, operation, args, dataPath) => {
    const kind = dataPath.length === 0 ? operation : `${operation}/${dataPath.join('/')}`
    const shape = shapesOf(model, kind).of(args)
    return applyPlan((shape.value ??= planner(model, operation, args, dataPath)), args)
  }
  const asked = askedModels(dataModel, options.membersOf ?? (() => 0))
  const members: MembersOptions | undefined =
    asked.size === 0
      ? undefined
      : { asked, readOf: (model, args) => apply(model, 'findMany', args, noPath), wanted: seen.sets }
  const common = { apply, elsewhere, seen, members }
  return {
    read: (model, operation, args, dataPath = noPath) =>
      new PlannedRead(common, model, operation, args, dataPath),
  }
}

type Apply = (model: string, operation: string, args: unknown, dataPath: readonly string[]) => AppliedRead

/** What all reads of one client have in common. */
interface CommonParts {
  readonly apply: Apply
  readonly elsewhere: RowsElsewhere<ValueType>
  readonly seen: SeenElsewhere
  readonly members: MembersOptions | undefined
}

/** What may be asked of rows that answers have shown. */
interface SeenElsewhere {
  readonly tracked: TrackedColumns
  readonly sets: WantedSets
}

class PlannedRead implements PreciseRead {
  /** Of one client and one state of the definitions: it tells the same of what has the same key. */
  readonly toldBy: CommonParts
  readonly #model: string
  readonly #operation: string
  readonly #args: unknown
  readonly #dataPath: readonly string[]
  #known: AppliedRead | undefined
  /** For whoever judges its answer, once for many changes. */
  #answered: AnsweredRead | undefined
  #scope = ''
  #key: string | undefined

  constructor(
    toldBy: CommonParts,
    model: string,
    operation: string,
    args: unknown,
    dataPath: readonly string[],
  ) {
    this.toldBy = toldBy
    this.#model = model
    this.#operation = operation
    this.#args = args
    this.#dataPath = dataPath
  }

  get #applied(): AppliedRead {
    return (this.#known ??= this.toldBy.apply(this.#model, this.#operation, this.#args, this.#dataPath))
  }

  get tags(): readonly string[] {
    return this.#applied.tags
  }

  get clocks(): readonly string[] {
    const { plan, chosen } = this.#applied
    return chosen === plan.usualChoice ? plan.usualClocks : clocksOf(plan, chosen)
  }

  get late(): LateTags | undefined {
    const { clocks } = this
    return clocks.length === 0 ? undefined : { clocks, of: (result) => this.#toKeep(result) }
  }

  get shown(): ShownRows {
    return this
  }

  #toKeep(result: unknown): readonly string[] {
    const tags = this.lateTags(result)
    const { own } = this.#applied.plan
    const { elsewhere } = this.toldBy
    if (this.#key !== undefined && own !== undefined && elsewhere.isWanted(own.table.name))
      elsewhere.note(this.#at(this.#key), own, result)
    return tags
  }

  keptAt(scope: string, key: string): void {
    this.#scope = scope
    this.#key = key
  }

  #at(key: string): KeptAt {
    return { scope: this.#scope, key }
  }

  isScoped(): void {
    this.toldBy.seen.tracked.stop()
  }

  prepare(): void {
    try {
      void this.#applied
    } catch {
      // See above.
    }
  }

  lateTags(result: unknown): readonly string[] {
    const { plan, chosen } = this.#applied
    return lateTags(plan, chosen, result)
  }

  areExcluded(result: unknown, change: ConditionalChange): boolean {
    return areExcluded(this.#applied, result, change)
  }

  get #judged(): AnsweredRead {
    return (this.#answered ??= answeredRead(
      this.#applied,
      this.#key === undefined ? undefined : this.#at(this.#key),
    ))
  }

  isBesides(result: unknown, change: ConditionalChange, others: OtherAnswers): boolean {
    const { elsewhere, seen } = this.toldBy
    return isBesides(
      this.#judged,
      result,
      seen.tracked.isStopped ? { ...change, moved: undefined, at: undefined } : change,
      { elsewhere, others },
    )
  }

  tracked(result: unknown): readonly TrackedRow[] {
    return this.toldBy.seen.tracked.rowsIn(this.#applied.plan, result)
  }

  seenSets(result: unknown): readonly SeenSet[] {
    const { tracked, sets } = this.toldBy.seen
    return tracked.isStopped ? [] : seenSets(this.#applied, sets, result)
  }

  get asksMembers(): boolean {
    const { members, seen } = this.toldBy
    return members !== undefined && !seen.tracked.isStopped
  }

  members(result: unknown, answers: () => OtherAnswers): readonly MembersQuery[] {
    const { members } = this.toldBy
    if (members === undefined) return none
    try {
      const { elsewhere } = this.toldBy
      return membersQueries(this.#applied, result, members, (one) =>
        joinedValue(this.#judged, one, { elsewhere, others: answers() }),
      )
    } catch {
      // Whatever went wrong, the answer falls with more writes.
      return none
    }
  }

  explain(result: unknown): readonly TableExplanation[] {
    return explainRead(this.#applied, this.lateTags(result))
  }
}

const never = (): boolean => false
const none: readonly never[] = []

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
  const models = [...dataModel.models.values()]
  const columnsIn = (table: string) => models.filter((model) => model.table === table).flatMap(columnsOf)
  return (model, operation, args, dataPath) => {
    try {
      const plan = planPrecisely(schema, model, operation, args, dataPath)
      for (const { derived } of plan.places) for (const { value } of derived) elsewhere.want(value)
      for (const { value } of joinedOf(plan)) if ('unique' in value) elsewhere.want(value)
      tracked.wantAll(plan)
      wantSets(sets, plan)
      options.judged?.addAll([...judgedTags(plan), ...tracked.tagsOf(plan), ...tagsOfSets(plan)])
      for (const place of plan.places)
        if (namesByFew(place, columnsIn(place.table.name))) options.judged?.addNames(place.table.texts)
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
    .filter(
      ({ derived, joined }, at) =>
        derived.length + joined.length > 0 || (cut !== undefined && at === shown?.place),
    )
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
