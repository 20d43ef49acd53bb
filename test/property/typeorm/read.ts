import type { FindManyOptions, FindOptionsWhere, ObjectLiteral } from 'typeorm'
import { Between, Equal, ILike, In, IsNull, LessThanOrEqual, Like, MoreThan, Not } from 'typeorm'
import type { Read } from '../binding.js'
import { modelOf, type End, type Field, type Model, type View } from '../model.js'
import type { Random } from '../random.js'
import type { Entities } from './entities.js'
import { parentEnd, type ExtendedSchema } from './extras.js'

export type Where = FindOptionsWhere<ObjectLiteral>
export type FindOptions = FindManyOptions<ObjectLiteral>

/** What stands in `cache` of find options, or is said to `cache()`. */
export type CacheArgument = true | number | { readonly id: string; readonly milliseconds: number }

type FindCall =
  | 'find'
  | 'findOne'
  | 'findOneOrFail'
  | 'findAndCount'
  | 'count'
  | 'exists'
  | 'getWithCache'
  | 'getOneWithCache'
  | 'getCountWithCache'

/** What every read says of how it is sent. */
interface Sent extends Read {
  readonly cache: CacheArgument
  /** Through a query runner of the caller's. */
  readonly throughRunner: boolean
}

/** A call of a repository, as data. */
export interface FindRead extends Sent {
  readonly kind: 'find'
  readonly call: FindCall
  readonly options: FindOptions
  /** Relations that are lazy are read from the answer. */
  readonly followsLazy: boolean
}

type BuilderCall =
  | 'getMany'
  | 'getOne'
  | 'getRawMany'
  | 'getRawOne'
  | 'getRawAndEntities'
  | 'getManyAndCount'
  | 'getCount'
  | 'getExists'
  | 'getWithCache'

export type JoinCall =
  | 'leftJoinAndSelect'
  | 'innerJoinAndSelect'
  | 'leftJoin'
  | 'innerJoin'
  | 'loadRelationIdAndMap'
  | 'leftJoinAndMapOne'
  | 'leftJoinAndMapMany'

/** The calls that make a query builder, as data. Its main alias is `m`. */
export interface BuilderRead extends Sent {
  readonly kind: 'builder'
  readonly call: BuilderCall
  readonly joins: readonly (readonly [call: JoinCall, path: string, alias: string])[]
  readonly select: readonly string[]
  readonly wheres: readonly (readonly [text: string, parameters: ObjectLiteral])[]
  /** Rows that are related to a row of the model, in a subquery. */
  readonly exists: { readonly model: string; readonly on: string } | undefined
  readonly groupBy: string | undefined
  readonly order: readonly (readonly [path: string, direction: 'ASC' | 'DESC'])[]
  readonly page: { readonly skip?: number; readonly take?: number; readonly limit?: number }
  readonly withDeleted: boolean
  readonly tree: { readonly of: 'descendants' | 'ancestors'; readonly node: number } | undefined
}

export type TypeormRead = FindRead | BuilderRead

const FIND_CALLS: readonly (readonly [number, FindCall])[] = [
  [4, 'find'],
  [2, 'findOne'],
  [1, 'findOneOrFail'],
  [2, 'findAndCount'],
  [2, 'count'],
  [2, 'exists'],
  [6, 'getWithCache'],
  [3, 'getOneWithCache'],
  [2, 'getCountWithCache'],
]

const BUILDER_CALLS: readonly (readonly [number, BuilderCall])[] = [
  [4, 'getMany'],
  [1, 'getOne'],
  [2, 'getRawMany'],
  [1, 'getRawOne'],
  [1, 'getRawAndEntities'],
  [2, 'getManyAndCount'],
  [2, 'getCount'],
  [1, 'getExists'],
  [4, 'getWithCache'],
]

const SINGLE = new Set<string>(['findOne', 'findOneOrFail', 'getOneWithCache', 'getOne', 'getRawOne'])

/** Kinds whose values stand in conditions. */
const FILTERABLE = new Set<Field['kind']>([
  'int',
  'string',
  'boolean',
  'dateTime',
  'enum',
  'bigint',
  'decimal',
  'uuid',
])

/** Columns that no property of the entity has. */
const HIDDEN = new Set(['metaTitle', 'metaDeepSize', 'mpath', 'nsleft', 'nsright', 'radius', 'side', 'kind'])

/** The fields of a model that its entity has as plain properties. */
export function propertiesOf(model: Model): Field[] {
  return model.fields.filter((field) => !(field.role === 'special' && HIDDEN.has(field.name)))
}

/** The relation fields that a read names. */
export function reachedEnds({ schema }: ExtendedSchema, entities: Entities, read: TypeormRead): End[] {
  // What is above or below a node is decided by who is whose parent.
  if (read.kind === 'builder' && read.tree !== undefined) return [parentEnd(schema, read.model)]
  const ends = schema.models.flatMap((model) => model.ends)
  const names =
    read.kind === 'find'
      ? keysWithin([read.options.where, read.options.relations, read.options.order])
      : [...read.joins.map(([, path]) => path.split('.')[1]!), read.exists?.on ?? '']
  const fields = new Set(names)
  const named = ends.filter((end) => fields.has(end.field))
  // What they bring along is reached without being named.
  const brought = ends.filter(
    (end) => entities.styleOf(end).isEager && named.some(({ target }) => target === end.model),
  )
  return [...named, ...brought]
}

function keysWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [key, ...keysWithin(member)])
}

/** A read that is easily taken for another: the same text or the same SQL, and yet another answer. */
export function relativeOf(extended: ExtendedSchema, read: TypeormRead, random: Random): TypeormRead {
  const family = familyOf(extended, read.model)
  if (family.length > 1 && random.chance(0.5)) {
    return { ...read, model: random.pick(family.filter((name) => name !== read.model)) }
  }
  return read.kind === 'builder' ? relativeBuilder(read, random) : relativeFind(extended, read, random)
}

/** The entities of one table. */
function familyOf({ traits }: ExtendedSchema, model: string): string[] {
  for (const [name, { children = [] }] of traits) {
    if (name === model || children.includes(model)) return [name, ...children]
  }
  return [model]
}

function relativeBuilder(read: BuilderRead, random: Random): BuilderRead {
  if (read.joins.some(([join]) => Object.hasOwn(LOOKALIKES, join)) && random.chance(0.7)) {
    const joins = read.joins.flatMap(([join, path, alias]) => {
      const other = LOOKALIKES[join]
      return other === 'none' ? [] : [[other ?? join, path, alias] as const]
    })
    return { ...read, joins }
  }
  if (random.chance(0.4)) return { ...read, withDeleted: !read.withDeleted }
  const calls: readonly BuilderCall[] = read.groupBy
    ? ['getRawMany', 'getRawOne']
    : read.select.length > 0
      ? ['getRawMany', 'getCount']
      : ['getMany', 'getOne', 'getCount', 'getManyAndCount', 'getWithCache', 'getRawMany']
  return { ...read, call: random.pick(calls) }
}

/** Joins that make the same SQL, or none, and leave something else in the entities. */
const LOOKALIKES: Partial<Record<JoinCall, JoinCall | 'none'>> = {
  leftJoinAndSelect: 'leftJoinAndMapMany',
  leftJoinAndMapMany: 'leftJoinAndSelect',
  loadRelationIdAndMap: 'none',
}

function relativeFind({ schema }: ExtendedSchema, read: FindRead, random: Random): FindRead {
  const { where } = read.options
  const order = Object.entries(read.options.order ?? {})
  const calls = FIND_CALLS.filter(([, call]) => where !== undefined || !SINGLE.has(call))
  const strategy = read.options.relationLoadStrategy === 'query' ? 'join' : 'query'
  const ends = schema.models.find(({ name }) => name === read.model)?.ends ?? []
  const isCount = ['count', 'exists', 'getCountWithCache'].includes(read.call)
  if (!isCount && ends.length > 0 && read.options.relations === undefined && random.chance(0.4))
    return withRelation(read, random.pick(ends))
  const changes: (() => FindRead)[] = [
    // The order of these keys counts.
    () => ({ ...read, options: { ...read.options, order: Object.fromEntries(order.reverse()) } }),
    () => ({ ...read, call: random.weighted(calls) }),
    () => ({ ...read, options: { ...read.options, withDeleted: read.options.withDeleted !== true } }),
    () => ({ ...read, options: { ...read.options, relationLoadStrategy: strategy } }),
  ]
  return random.pick(changes)()
}

/** The same entities with more of what belongs to them. */
function withRelation(read: FindRead, { field }: End): FindRead {
  const { select: _select, loadRelationIds: _ids, ...options } = read.options
  return { ...read, options: { ...options, relations: { [field]: true } }, unordered: true }
}

/** Makes reads of a schema's entities. */
export class ReadMaker {
  readonly #extended: ExtendedSchema
  readonly #entities: Entities
  readonly #random: Random

  constructor(extended: ExtendedSchema, entities: Entities, random: Random) {
    this.#extended = extended
    this.#entities = entities
    this.#random = random
  }

  make(): TypeormRead {
    const random = this.#random
    const { schema } = this.#extended
    if (schema.isTiny && random.chance(0.4)) return this.#pinned(random.pick(schema.models))
    // Its own source: all other reads of a seed stay as they are.
    if (random.fork('ids').chance(0.04)) return this.#ids()
    if (random.chance(0.07)) return this.#viewRead(random.pick(schema.views))
    // Of those with one relation, a single foreign key is all that connects them with anything.
    const lonely = schema.models.filter(({ ends }) => ends.length === 1)
    const model = random.pick(lonely.length > 0 && random.chance(0.15) ? lonely : schema.models)
    return random.weighted<() => TypeormRead>([
      [10, () => this.#find(model)],
      [5, () => this.#single(model)],
      [1.5, () => this.#bringing()],
      [9, () => this.#builder(model)],
      [this.#extended.traits.get(model.name)?.tree ? 18 : 0, () => this.#tree(model)],
    ])()
  }

  /** What an application asks most: a row by a key, or the rows of a parent, with few columns or few relations. */
  #pinned(model: Model): FindRead {
    const random = this.#random
    const keys = propertiesOf(model).filter(({ role }) => ['foreignKey', 'id', 'code'].includes(role))
    const key = random.pick(keys)
    const byKey = Object.fromEntries(
      model.id.map((name) => [name, random.pick(model.fields.find((field) => field.name === name)!.domain)]),
    )
    const isMany = random.chance(0.6)
    const where: Where = isMany
      ? {
          [key.name]: random.chance(0.75) ? random.pick(key.domain) : In(random.sample(key.domain, 2)),
          ...(random.chance(0.25) ? { rank: random.int(0, 2) } : {}),
        }
      : byKey
    const related =
      random.chance(0.35) && model.ends.length > 0 ? { [random.pick(model.ends).field]: true } : undefined
    const call = random.weighted<FindCall>(
      isMany
        ? [
            [4, 'find'],
            [4, 'getWithCache'],
            [2, 'count'],
            [1, 'exists'],
            [1, 'findAndCount'],
          ]
        : [
            [3, 'findOne'],
            [3, 'getOneWithCache'],
          ],
    )
    const counts = call === 'count' || call === 'exists'
    const options: FindOptions = {
      where,
      ...(counts ? {} : { order: this.#order(model) ?? {} }),
      ...(counts || related === undefined ? {} : { relations: related }),
      ...(counts || related !== undefined || random.chance(0.7) ? {} : this.#select(model)),
      ...(isMany && !counts && random.chance(0.2) ? { take: random.int(1, 2), skip: random.int(0, 1) } : {}),
      ...(related !== undefined && random.chance(0.5) ? { relationLoadStrategy: 'query' as const } : {}),
      ...(random.chance(0.5) ? { loadEagerRelations: false } : {}),
    }
    return {
      kind: 'find',
      model: model.name,
      call,
      options,
      ...this.#sent(),
      followsLazy: false,
      unordered: related !== undefined,
    }
  }

  #sent(): Pick<Sent, 'cache' | 'throughRunner'> {
    const random = this.#random
    const cache = random.weighted<CacheArgument>([
      [4, true],
      [1, 60_000],
      [1, { id: `id ${random.int(0, 2)}`, milliseconds: 60_000 }],
    ])
    return { cache, throughRunner: random.chance(0.1) }
  }

  /** The model's entity, or one of a child class. */
  #target(model: Model): string {
    const children = this.#extended.traits.get(model.name)?.children ?? []
    return this.#random.pick([model.name, ...children])
  }

  #find(model: Model): FindRead {
    const random = this.#random
    const call = random.weighted(FIND_CALLS)
    const counts = ['count', 'exists', 'getCountWithCache'].includes(call)
    const isSingle = SINGLE.has(call)
    const relations = counts || random.chance(0.4) ? undefined : this.#relations(model, 2)
    const where = isSingle || random.chance(0.6) ? this.#where(model, 2) : undefined
    const pages = !isSingle && !counts && random.chance(0.25)
    const unordered = !isSingle && !pages && (relations !== undefined || random.chance(0.2))
    const options = {
      ...(where === undefined ? {} : { where }),
      ...(relations === undefined ? {} : { relations }),
      ...(counts ? {} : { order: this.#order(model) }),
      ...(pages ? { skip: random.int(0, 2), take: random.int(1, 3) } : {}),
      ...(relations !== undefined && random.chance(0.5) ? { relationLoadStrategy: 'query' as const } : {}),
      ...(random.chance(0.15) ? { withDeleted: true } : {}),
      ...(relations === undefined && !counts && random.chance(0.15) ? this.#select(model) : {}),
      ...(relations === undefined && !counts && random.chance(0.1) ? { loadRelationIds: true } : {}),
      ...(relations === undefined && random.chance(0.1) ? { loadEagerRelations: false } : {}),
    }
    return {
      kind: 'find',
      model: this.#target(model),
      call,
      options: options as FindOptions,
      ...this.#sent(),
      followsLazy: random.chance(0.1),
      unordered: unordered || relations !== undefined || 'loadRelationIds' in options,
    }
  }

  /** A read that depends on one relation and on nothing else beside its own table. */
  #single(model: Model): FindRead {
    const random = this.#random
    if (model.ends.length === 0) return this.#find(model)
    const links = model.ends.filter(({ relation }) => relation.type === 'manyToMany')
    const end = random.pick(links.length > 0 && random.chance(0.4) ? links : model.ends)
    const target = modelOf(this.#extended.schema, end.target)
    const common = { kind: 'find', model: model.name, ...this.#sent(), followsLazy: false } as const
    if (random.chance(0.5)) {
      const field = random.pick(target.fields.filter(({ name }) => name === 'name' || name === 'rank'))
      const where = { [end.field]: { [field.name]: random.pick(field.domain) } }
      const call = random.pick(['count', 'exists', 'getCountWithCache', 'getWithCache', 'find'] as const)
      return { ...common, call, options: { where }, unordered: true }
    }
    const options: FindOptions = {
      relations: {
        [end.field]:
          target.ends.length > 0 && random.chance(0.3) ? { [random.pick(target.ends).field]: true } : true,
      },
      ...(random.chance(0.5) ? { relationLoadStrategy: 'query' as const } : {}),
      ...(random.chance(0.35) ? { loadEagerRelations: false } : {}),
    }
    return {
      ...common,
      call: random.pick(['find', 'getWithCache', 'getWithCache']),
      options,
      unordered: true,
    }
  }

  /** A read that depends on another table by nothing but the ids that a query of its own loads. */
  #ids(): TypeormRead {
    const random = this.#random
    const { models } = this.#extended.schema
    const end = random.pick(models.flatMap(({ ends }) => ends.filter(({ ownsKey }) => !ownsKey)))
    const model = modelOf(this.#extended.schema, end.model)
    return {
      ...this.#emptyBuilder(end.model, model),
      call: 'getWithCache',
      joins: [['loadRelationIdAndMap', `m.${end.field}`, 'j0']],
      unordered: true,
    }
  }

  /** A relation of its own query whose entities bring others along. */
  #bringing(): FindRead {
    const random = this.#random
    const { models } = this.#extended.schema
    const bringers = new Set(
      models
        .flatMap(({ ends }) => ends.filter((end) => this.#entities.styleOf(end).isEager))
        .map(({ model }) => model),
    )
    const ends = models.flatMap((model) => model.ends.filter(({ target }) => bringers.has(target)))
    if (ends.length === 0) return this.#find(random.pick(models))
    const end = random.pick(ends)
    const options: FindOptions = { relations: { [end.field]: true }, relationLoadStrategy: 'query' }
    return {
      kind: 'find',
      model: end.model,
      call: random.pick(['find', 'getWithCache', 'getWithCache'] as const),
      options,
      ...this.#sent(),
      followsLazy: false,
      unordered: true,
    }
  }

  #where(model: Model, depth: number): Where | Where[] {
    const random = this.#random
    return random.chance(0.12)
      ? [this.#condition(model, depth), this.#condition(model, depth)]
      : this.#condition(model, depth)
  }

  #condition(model: Model, depth: number): Where {
    const random = this.#random
    const fields = random.sample(
      propertiesOf(model).filter(({ kind, role }) => FILTERABLE.has(kind) && role !== 'special'),
      random.weighted([
        [1, 0],
        [5, 1],
        [2, 2],
      ]),
    )
    const own = Object.fromEntries(fields.map((field) => [field.name, this.#operator(field)]))
    if (depth === 0 || model.ends.length === 0 || random.chance(0.55)) return own
    const end = random.pick(model.ends)
    const target = modelOf(this.#extended.schema, end.target)
    return { ...own, [end.field]: this.#condition(target, depth - 1) }
  }

  #operator(field: Field): unknown {
    const random = this.#random
    const value = random.pick(field.domain)
    const some = random.sample(field.domain, 2)
    const choices: [number, () => unknown][] = [
      [5, () => value],
      [1, () => Equal(value)],
      [3, () => In(some)],
      [2, () => Not(value)],
      [1, () => Not(In(some))],
      [field.optional ? 1 : 0, () => IsNull()],
      [field.optional ? 1 : 0, () => Not(IsNull())],
      [field.kind === 'int' ? 3 : 0, () => MoreThan(value)],
      [field.kind === 'int' ? 1 : 0, () => LessThanOrEqual(value)],
      [field.kind === 'int' ? 1 : 0, () => Between(1, 2)],
      [field.kind === 'string' ? 1 : 0, () => Like('%n%')],
      [field.kind === 'string' ? 1 : 0, () => ILike('A%')],
    ]
    return random.weighted(choices)()
  }

  #relations(model: Model, depth: number): ObjectLiteral {
    const random = this.#random
    const ends = random.sample(model.ends, random.int(1, 2))
    return Object.fromEntries(
      ends.map((end) => {
        const target = modelOf(this.#extended.schema, end.target)
        const goesOn = depth > 1 && target.ends.length > 0 && random.chance(0.6)
        return [end.field, goesOn ? this.#relations(target, depth - 1) : true]
      }),
    )
  }

  /** Ends with the key, so that rows have one order. */
  #order(model: Model): FindOptions['order'] {
    const random = this.#random
    const direction = () => random.pick(['ASC', 'DESC'] as const)
    const keys = Object.fromEntries(model.id.map((name) => [name, direction()]))
    return random.chance(0.3) ? { rank: direction(), ...keys } : keys
  }

  #select(model: Model): FindOptions {
    const chosen = this.#random.sample(propertiesOf(model), 2)
    return {
      // Also what it may be ordered by: of a page, TypeORM orders what is selected.
      select: Object.fromEntries([
        ['rank', true],
        ...model.id.map((name) => [name, true]),
        ...chosen.map(({ name }) => [name, true]),
      ]),
    }
  }

  #builder(model: Model): BuilderRead {
    const random = this.#random
    const base = this.#emptyBuilder(this.#target(model), model)
    return random.weighted<() => BuilderRead>([
      [6, () => this.#joined(base, model)],
      [3, () => this.#exists(base, model)],
      [2, () => this.#grouped(base, model)],
    ])()
  }

  #emptyBuilder(target: string, model: Model): BuilderRead {
    return {
      kind: 'builder',
      model: target,
      call: this.#random.weighted(BUILDER_CALLS),
      ...this.#sent(),
      joins: [],
      select: [],
      wheres: [],
      exists: undefined,
      groupBy: undefined,
      order: model.id.map((name) => [`m.${name}`, 'ASC'] as const),
      page: {},
      withDeleted: this.#random.chance(0.1),
      tree: undefined,
      unordered: false,
    }
  }

  #joined(base: BuilderRead, model: Model): BuilderRead {
    const random = this.#random
    const ends = random.sample(model.ends, random.int(0, 2))
    const joins = ends.map((end, index) => [this.#joinCall(end), `m.${end.field}`, `j${index}`] as const)
    // Of several rows of a join, any may come first.
    const call = base.call === 'getRawOne' ? 'getRawMany' : base.call
    const raw = call === 'getRawMany'
    const wheres = [
      ...(random.chance(0.5) ? [this.#builderWhere('m', model, 'p0')] : []),
      ...joins.flatMap(([call, , alias], index) =>
        call.startsWith('load') || random.chance(0.7)
          ? []
          : [this.#builderWhere(alias, modelOf(this.#extended.schema, ends[index]!.target), `p${index + 1}`)],
      ),
    ]
    const counts = base.call === 'getCount' || base.call === 'getExists'
    const pages = !raw && !counts && random.chance(0.3)
    return {
      ...base,
      call,
      joins,
      wheres,
      page: pages ? { skip: random.int(0, 2), take: random.int(1, 3) } : {},
      order: counts ? [] : base.order,
      unordered: true,
    }
  }

  #joinCall(end: End): JoinCall {
    return this.#random.weighted<JoinCall>([
      [5, 'leftJoinAndSelect'],
      [2, 'innerJoinAndSelect'],
      [1, 'leftJoin'],
      [2, 'innerJoin'],
      [2, 'loadRelationIdAndMap'],
      [end.isList ? 0 : 1, 'leftJoinAndMapOne'],
      [1, 'leftJoinAndMapMany'],
    ])
  }

  #builderWhere(alias: string, model: Model, parameter: string): readonly [string, ObjectLiteral] {
    const random = this.#random
    const field = random.pick(
      propertiesOf(model).filter(
        ({ name, role }) => name === 'rank' || name === 'name' || role === 'foreignKey',
      ),
    )
    return random.chance(0.3)
      ? [`${alias}.${field.name} IN (:...${parameter})`, { [parameter]: random.sample(field.domain, 2) }]
      : [`${alias}.${field.name} = :${parameter}`, { [parameter]: random.pick(field.domain) }]
  }

  #exists(base: BuilderRead, model: Model): BuilderRead {
    const ends = model.ends.filter(({ ownsKey, relation }) => !ownsKey && relation.type === 'foreignKey')
    if (ends.length === 0) return this.#joined(base, model)
    const end = this.#random.pick(ends)
    return { ...base, exists: { model: end.target, on: end.field } }
  }

  #grouped(base: BuilderRead, model: Model): BuilderRead {
    const random = this.#random
    const end = model.ends.length > 0 && random.chance(0.5) ? random.pick(model.ends) : undefined
    const by = random.pick(
      model.fields.find(({ name }) => name === 'name')!.isFolded === true ? ['rank'] : ['name', 'rank'],
    )
    return {
      ...base,
      call: random.chance(0.8) ? 'getRawMany' : 'getRawOne',
      joins: end === undefined ? [] : [['leftJoin', `m.${end.field}`, 'j0']],
      select: [`m.${by}`, end === undefined ? 'COUNT(*)' : 'MAX(j0.rank)'],
      groupBy: `m.${by}`,
      order: [[`m.${by}`, 'ASC']],
    }
  }

  #tree(model: Model): TypeormRead {
    const random = this.#random
    const tree = { of: random.pick(['descendants', 'ancestors'] as const), node: random.int(1, 4) }
    const call = random.pick(['getMany', 'getCount', 'getWithCache', 'getRawMany'] as const)
    const base = this.#emptyBuilder(model.name, model)
    return { ...base, call, tree, order: call === 'getCount' ? [] : base.order }
  }

  #viewRead(view: View): TypeormRead {
    const random = this.#random
    const order = { id: 'ASC' as const }
    const options: FindOptions = random.chance(0.3)
      ? { where: { id: random.pick(view.fields[0]!.domain) }, order }
      : random.chance(0.5)
        ? { where: { name: random.pick(view.fields[1]!.domain) }, order }
        : { order }
    const call = random.pick(['find', 'getWithCache', 'count', 'getCountWithCache'] as const)
    return {
      kind: 'find',
      model: view.name,
      call,
      options: call === 'count' || call === 'getCountWithCache' ? { where: options.where ?? {} } : options,
      ...this.#sent(),
      followsLazy: false,
      unordered: false,
    }
  }
}
