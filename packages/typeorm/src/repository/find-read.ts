import type {
  DataSource,
  EntityMetadata,
  FindManyOptions,
  FindOneOptions,
  ObjectLiteral,
  QueryRunner,
  Repository,
  SelectQueryBuilder,
} from 'typeorm'
import { schemaDigest } from '../entities/schema-digest.js'
import type { ReadPlan } from '../reads/index.js'
import type { FreshetState } from '../state.js'
import type { AnswerKind } from './answer.js'
import { oneEntity } from './answer.js'
import type { ReadText } from './builder-text.js'
import { builderText } from './builder-text.js'
import type { CachedRead } from './cached-read.js'
import { configuredState } from './configured-state.js'
import { copyBuilder, copyOptions } from './copy-asked.js'
import { findShape, findText } from './find-text.js'
import { builderObstacle, optionsObstacle, runnerOf } from './obstacle.js'

type Builder = SelectQueryBuilder<ObjectLiteral>
type Options = FindManyOptions<ObjectLiteral> | FindOneOptions<ObjectLiteral>

/** A read by find options: `find()`, `findOne()` and `count()` of TypeORM. */
export class FindRead implements CachedRead {
  readonly state: FreshetState
  readonly dataSource: DataSource
  readonly kind: AnswerKind
  readonly source: string
  readonly obstacle: string | undefined
  readonly runner: QueryRunner | undefined
  readonly #repository: Repository<ObjectLiteral>
  readonly #metadata: EntityMetadata
  #options: Options | undefined
  #builder: Builder | undefined

  constructor(repository: Repository<ObjectLiteral>, kind: AnswerKind, options: Options | undefined) {
    const { manager, metadata } = repository
    if (kind === oneEntity && !options?.where) {
      throw new Error('You must provide selection conditions in order to find a single row.')
    }
    this.dataSource = manager.dataSource
    this.state = configuredState(this.dataSource, `Repository.${kind.method}`)
    this.kind = kind
    this.source = `${metadata.name}.${kind.method}`
    this.obstacle = optionsObstacle(options) ?? this.state.obstacle(manager.queryRunner)
    this.runner = manager.queryRunner
    this.#repository = repository
    this.#metadata = metadata
    this.#options = options
  }

  get plan(): ReadPlan {
    return planOf(this.dataSource, this.#metadata, this.kind)
  }

  get text(): ReadText | undefined {
    const whole = findText(this.#options)
    const shape = whole === undefined ? undefined : findShape(this.#options)
    // A value that has no text in `where` may still have one as a parameter of the SQL.
    return whole === undefined || shape === undefined
      ? builderText(this.builder(), { ...this.#options, where: {} })
      : { whole, shape }
  }

  readonly builder = (): Builder => (this.#builder ??= this.#build())

  keep(): void {
    this.#options = copyOptions(this.#options)
    this.#builder = this.#build()
  }

  #build(): Builder {
    const { manager } = this.#repository
    const options = this.kind === oneEntity ? { ...this.#options, take: 1 } : (this.#options ?? {})
    // TypeORM's own cache is another matter.
    return manager
      .createQueryBuilder(this.#metadata.target, this.#metadata.name)
      .setFindOptions(options)
      .cache(false)
  }
}

/** A read by a query builder. */
export class BuilderRead implements CachedRead {
  readonly state: FreshetState
  readonly dataSource: DataSource
  readonly kind: AnswerKind
  readonly source: string
  readonly obstacle: string | undefined
  readonly runner: QueryRunner | undefined
  #builder: Builder

  constructor(builder: Builder, kind: AnswerKind) {
    this.dataSource = builder.dataSource
    this.state = configuredState(this.dataSource, `SelectQueryBuilder.${kind.method}`)
    this.kind = kind
    const runner = runnerOf(builder)
    this.obstacle = builderObstacle(builder) ?? this.state.obstacle(runner)
    const main = builder.expressionMap.mainAlias
    this.source = `${main?.hasMetadata === true ? main.metadata.name : 'SelectQueryBuilder'}.${kind.method}`
    this.runner = runner
    this.#builder = builder
  }

  get plan(): ReadPlan {
    return planOf(this.dataSource, this.#builder.expressionMap.mainAlias!.metadata, this.kind)
  }

  get text(): ReadText | undefined {
    return builderText(this.#builder)
  }

  readonly builder = (): Builder => this.#builder

  keep(): void {
    this.#builder = copyBuilder(this.#builder)
  }
}

const plans = new WeakMap<EntityMetadata, Map<AnswerKind, ReadPlan>>()

/** Stands where the digest of a text stands in the keys of rows, and is none. */
function planOf(dataSource: DataSource, metadata: EntityMetadata, kind: AnswerKind): ReadPlan {
  let byKind = plans.get(metadata)
  if (byKind === undefined) plans.set(metadata, (byKind = new Map()))
  let plan = byKind.get(kind)
  if (plan === undefined) {
    const digest = `${metadata.name}@${metadata.tablePath}.${kind.method}/${schemaDigest(dataSource)}`
    byKind.set(kind, (plan = { obstacle: undefined, tables: undefined, digest }))
  }
  return plan
}
