import type { Read } from '../binding.js'
import {
  fieldOf,
  modelOf,
  uniqueKeys,
  type Database,
  type End,
  type Field,
  type Model,
  type Schema,
  type View,
} from '../model.js'
import type { Random } from '../random.js'

export type Args = Record<string, unknown>

/** One call that reads, as data. */
export interface PrismaRead extends Read {
  readonly operation:
    | 'findUnique'
    | 'findUniqueOrThrow'
    | 'findFirst'
    | 'findFirstOrThrow'
    | 'findMany'
    | 'count'
    | 'aggregate'
    | 'groupBy'
  readonly args: Args
  /** Relation fields called on the result: `prisma.user.findUnique(...).posts(args)`. */
  readonly fluent: readonly { readonly field: string; readonly args: Args | undefined }[]
}

/** A random read of a model or a view of this schema. */
export function randomRead(schema: Schema, random: Random): PrismaRead {
  if (schema.views.length > 0 && random.chance(0.08)) return viewRead(random.pick(schema.views), random)
  return new ReadMaker(schema, random).make(random.pick(schema.models))
}

/** A read that is easily taken for another: the same arguments, and yet another answer. */
export function relativeOf(read: PrismaRead, random: Random): PrismaRead {
  const [first, ...further] = read.fluent
  if (first && further.length === 0) {
    return { ...read, args: { ...read.args, select: { [first.field]: first.args ?? true } }, fluent: [] }
  }
  if (read.unordered) return read
  // Only a unique read takes a compound key by its joined name.
  const isCompound = Object.keys(read.args.where ?? {}).some((name) => name.includes('_'))
  if (isCompound && read.operation === 'findUnique' && !first)
    return { ...read, operation: 'findUniqueOrThrow' }
  const operations = RELATIVES[read.operation]
  return operations && !first ? { ...read, operation: random.pick(operations) } : read
}

/** Another read of the same rows, or of more of them; `undefined`: nothing like it. */
export function siblingOf(schema: Schema, read: PrismaRead, random: Random): PrismaRead | undefined {
  return new ReadMaker(schema, random).sibling(read)
}

/** The foreign keys of one column, by whose values sets of rows are told apart. */
export const setKeys = (schema: Schema): { readonly model: Model; readonly field: Field }[] =>
  schema.models.flatMap((model) =>
    model.ends.flatMap(({ ownsKey, relation }) => {
      if (!ownsKey || relation.type !== 'foreignKey' || relation.columns.length > 1) return []
      const field = fieldOf(model, relation.columns[0]!)
      return isExact(field) ? [{ model, field }] : []
    }),
  )

/** Rows that have one value in a foreign key: how many there are or what they come to, and all of them. */
export function readsOfSet(schema: Schema, model: Model, where: Args, random: Random) {
  return new ReadMaker(schema, random).ofSet(model, where)
}

/** The relation fields that a read's arguments name. */
export function reachedEnds(schema: Schema, read: PrismaRead): End[] {
  const ends = schema.models.flatMap((model) => model.ends)
  const fields = new Set([...read.fluent.map(({ field }) => field), ...keysWithin([read.args, read.fluent])])
  return ends.filter((end) => fields.has(end.field))
}

function keysWithin(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) => [key, ...keysWithin(member)])
}

/** What decides an answer without being shown by it. */
export interface Deciding {
  readonly model: Model
  /** A rank, or which rows there are and where they belong. */
  readonly by: 'rank' | 'set'
}

/** The models of whose rows a read asks how many there are of some kind, or which come first. */
export function decidingModels(schema: Schema, { model: name, args, fluent }: PrismaRead): Deciding[] {
  const model = schema.models.find((one) => one.name === name)
  if (model === undefined || fluent.length > 0) return []
  const { where, orderBy } = args
  const isPinned = Object.keys(where ?? {}).some((field) =>
    model.fields.some((one) => one.name === field && one.role === 'foreignKey'),
  )
  const counted = listsByKey(model).filter(({ field }) => hasName(args, field))
  return [
    ...(keysWithin([where, orderBy]).includes('rank') ? [{ model, by: 'rank' } as const] : []),
    ...(isPinned ? [{ model, by: 'set' } as const] : []),
    ...counted.map(({ target }) => ({ model: modelOf(schema, target), by: 'set' }) as const),
  ]
}

function ofRows(model: Model, operation: PrismaRead['operation'], args: Args): PrismaRead {
  return { model: model.name, operation, args, fluent: [], unordered: false }
}

const hasName = (args: Args, name: string): boolean => keysWithin(args).includes(name)

/** Of two values that the database calls equal there is one form. */
const isExact = ({ kind }: Field): boolean => kind === 'int' || kind === 'bigint' || kind === 'uuid'

/** Lists of rows that hold the model's key, by itself. */
function listsByKey({ id, ends, fields }: Model): End[] {
  const isTold = id.length === 1 && fields.some((field) => field.name === id[0] && isExact(field))
  if (!isTold) return []
  return ends.filter(
    ({ relation, isList }) => isList && relation.type === 'foreignKey' && relation.references[0] === id[0],
  )
}

const RELATIVES: Partial<Record<PrismaRead['operation'], readonly PrismaRead['operation'][]>> = {
  findUnique: ['findUniqueOrThrow', 'findFirst'],
  findUniqueOrThrow: ['findUnique'],
  findFirst: ['findFirstOrThrow', 'findMany'],
  findFirstOrThrow: ['findFirst', 'findMany'],
  findMany: ['findFirst'],
}

class ReadMaker {
  readonly #schema: Schema
  readonly #random: Random

  constructor(schema: Schema, random: Random) {
    this.#schema = schema
    this.#random = random
  }

  make(model: Model): PrismaRead {
    const random = this.#random
    return random.weighted([
      [this.#schema.isTiny ? 14 : 0, () => this.#pinned(model)],
      [this.#schema.isTiny ? 8 : 0, () => this.#judged(model)],
      [4, () => this.#unique(model)],
      [3, () => this.#first(model)],
      [6, () => this.#many(model)],
      [2, () => this.#count(model)],
      [2, () => this.#aggregate(model)],
      [2, () => this.#groupBy(model)],
      [2, () => this.#fluent(model)],
      [8, () => this.#single(model)],
    ])()
  }

  /** What an application asks most: a row by a key, or the rows of a parent, with few columns or few relations. */
  #pinned(model: Model): PrismaRead {
    const random = this.#random
    const keys = model.fields.filter(({ role }) => role === 'foreignKey' || role === 'id' || role === 'code')
    const field = random.pick(keys)
    const values = field.domain
    const where: Args = {
      [field.name]: random.chance(0.75) ? random.pick(values) : { in: random.sample(values, 2) },
      ...(random.chance(0.25) ? scalarFilter(fieldOf(model, 'rank'), random, this.#schema.database) : {}),
    }
    const base = { model: model.name, fluent: [], unordered: false } as const
    const shape = random.chance(0.4) ? this.#relations(model, 1, true) : {}
    const shown = random.chance(0.5)
      ? { include: shape }
      : {
          select: {
            ...shape,
            ...Object.fromEntries(random.sample(model.fields, 2).map(({ name }) => [name, true])),
          },
        }
    const isPlain = 'include' in shown && Object.keys(shape).length === 0
    const rows = { where, orderBy: this.#fewOrder(model), ...(isPlain ? {} : shown) }
    return random.weighted<() => PrismaRead>([
      [
        5,
        () => {
          const args = { where: this.#uniqueWhere(model, false), ...(isPlain ? {} : shown) }
          return { ...base, operation: 'findUnique', args }
        },
      ],
      [2, () => ({ ...base, operation: 'findFirst', args: rows })],
      [6, () => ({ ...base, operation: 'findMany', args: rows })],
      [
        2,
        () => ({
          ...base,
          operation: 'findMany',
          args: { ...rows, take: random.int(1, 3), skip: random.int(0, 1) },
        }),
      ],
      [2, () => ({ ...base, operation: 'count', args: { where } })],
      [1, () => ({ ...base, operation: 'aggregate', args: { where, _count: true, ...totals(model) } })],
      [
        1,
        () => ({
          ...base,
          operation: 'groupBy',
          args: { by: ['rank'], where, orderBy: [{ rank: 'asc' }], _count: { _all: true } },
        }),
      ],
    ])()
  }

  /** What other answers tell of: the number of rows with some values, a page, how many rows a parent has. */
  #judged(model: Model): PrismaRead {
    const random = this.#random
    const rank = { rank: random.pick([0, 1, { gt: 0 }, { gt: 1 }, { lte: 1 }, { not: 1 }, { in: [0, 2] }]) }
    const key = Object.fromEntries(model.id.map((name) => [name, true]))
    const pin = this.#foreignKey(model)
    const end = random.pick([...listsByKey(model), undefined])
    return random.weighted<() => PrismaRead>([
      [2, () => ofRows(model, 'count', { where: rank })],
      [1, () => ofRows(model, 'aggregate', { where: rank, _count: true, _max: { [model.id[0]!]: true } })],
      [2, () => ofRows(model, 'findMany', { where: rank, select: key, orderBy: keyOrder(model) })],
      [3, () => ofRows(model, 'findMany', this.#page(model))],
      [pin === undefined ? 0 : 5, () => this.#summaryOf(model, pin!)],
      [
        end === undefined ? 0 : 5,
        () =>
          ofRows(model, 'findUnique', {
            where: { [model.id[0]!]: random.pick(fieldOf(model, model.id[0]!).domain.slice(0, 5)) },
            select: { _count: { select: { [end!.field]: true } } },
          }),
      ],
    ])()
  }

  #page(model: Model): Args {
    const random = this.#random
    const direction = random.pick(['asc', 'desc'])
    return {
      orderBy: [{ rank: direction }, ...keyOrder(model)],
      take: random.int(1, 2),
      skip: random.int(0, 2),
    }
  }

  #summaryOf(model: Model, where: Args): PrismaRead {
    const random = this.#random
    return random.weighted<() => PrismaRead>([
      [3, () => ofRows(model, 'count', { where })],
      [2, () => ofRows(model, 'aggregate', { where, _count: true, _avg: { rank: true } })],
      [1, () => ofRows(model, 'groupBy', { by: ['rank'], where, orderBy: [{ rank: 'asc' }], _count: true })],
      [1, () => ofRows(model, 'findMany', { where, orderBy: keyOrder(model), take: 2, skip: 1 })],
    ])()
  }

  /** One value of a foreign key by which sets of rows are told apart. */
  #foreignKey(model: Model): Args | undefined {
    const keys = model.fields.filter((field) => field.role === 'foreignKey' && isExact(field))
    if (keys.length === 0) return undefined
    const field = this.#random.pick(keys)
    return { [field.name]: this.#random.pick(field.domain.slice(0, 3)) }
  }

  ofSet(model: Model, where: Args): { counted: PrismaRead; shown: PrismaRead } {
    const all = { where, orderBy: keyOrder(model), take: this.#random.int(20, 60) }
    return { counted: this.#summaryOf(model, where), shown: ofRows(model, 'findMany', all) }
  }

  /** Another read of the same rows: of one of the two the other can tell. */
  sibling({ model: name, args, fluent }: PrismaRead): PrismaRead | undefined {
    const random = this.#random
    const model = this.#schema.models.find((one) => one.name === name)
    if (model === undefined || fluent.length > 0) return undefined
    // More than there are: of such answers there are many, so that some are not there yet.
    const limit = random.chance(0.6) ? { take: random.int(20, 60) } : {}
    const all = { orderBy: keyOrder(model), ...limit }
    const where = Object.entries(args.where ?? {})
    const pins = where.filter(([field, value]) =>
      model.fields.some((one) => one.name === field && isExact(one) && typeof value !== 'object'),
    )
    const pin = pins.find(([field]) => fieldOf(model, field).role === 'foreignKey')
    if (pin !== undefined) {
      const set = Object.fromEntries([pin])
      const isWhole = where.length === 1 && args.take === undefined && args.by === undefined
      return isWhole && args.orderBy !== undefined && random.chance(0.7)
        ? this.#summaryOf(model, set)
        : ofRows(model, 'findMany', { where: set, ...all })
    }
    const lists = listsByKey(model)
    const end = lists.find(({ field }) => hasName(args, field)) ?? lists[0]
    if (pins.length > 0 && end !== undefined && model.id.length === 1 && pins[0]![0] === model.id[0]) {
      const list = { orderBy: keyOrder(modelOf(this.#schema, end.target)), ...limit }
      const selected = random.chance(hasName(args, '_count') ? 1 : 0.3)
        ? { include: { [end.field]: list } }
        : { select: { _count: { select: { [end.field]: true } } } }
      return ofRows(model, 'findUnique', { where: Object.fromEntries([pins[0]!]), ...selected })
    }
    return hasName(args, 'rank') ? ofRows(model, 'findMany', all) : undefined
  }

  #fewOrder(model: Model): Args[] {
    return this.#random.chance(0.3) ? [{ rank: 'desc' }, ...keyOrder(model)] : keyOrder(model)
  }

  #unique(model: Model): PrismaRead {
    const operation = this.#random.chance(0.3) ? 'findUniqueOrThrow' : 'findUnique'
    const args: Args = { where: this.#uniqueWhere(model, true), ...this.#shape(model, 2) }
    return { model: model.name, operation, args, fluent: [], unordered: false }
  }

  #first(model: Model): PrismaRead {
    const args: Args = { ...this.#filter(model), orderBy: this.#orderBy(model), ...this.#shape(model, 2) }
    if (this.#random.chance(0.2)) args.skip = 1
    const operation = this.#random.chance(0.3) ? 'findFirstOrThrow' : 'findFirst'
    return { model: model.name, operation, args, fluent: [], unordered: false }
  }

  #many(model: Model): PrismaRead {
    const random = this.#random
    const shape = this.#shape(model, 2)
    const filter = this.#filter(model)
    const operation = 'findMany'
    if (random.chance(0.15)) {
      return { model: model.name, operation, args: { ...filter, ...shape }, fluent: [], unordered: true }
    }
    const args: Args = { ...filter, orderBy: this.#orderBy(model), ...shape }
    const page = random.weighted<'none' | 'offset' | 'cursor' | 'distinct'>([
      [5, 'none'],
      [2, 'offset'],
      [2, 'cursor'],
      [1, 'distinct'],
    ])
    if (page === 'offset') Object.assign(args, { take: random.pick([1, 2, 3, -2]), skip: random.int(0, 2) })
    if (page === 'cursor') {
      args.orderBy = keyOrder(model)
      Object.assign(args, { cursor: this.#uniqueWhere(model, false), take: random.pick([2, 3, -2]) })
      if (random.chance(0.5)) args.skip = 1
    }
    if (page === 'distinct') args.distinct = [random.pick(groupable(model)).name]
    return { model: model.name, operation, args, fluent: [], unordered: false }
  }

  #count(model: Model): PrismaRead {
    const random = this.#random
    const args: Args = { ...this.#filter(model) }
    if (random.chance(0.2))
      Object.assign(args, { orderBy: this.#orderBy(model), take: 3, skip: random.int(0, 2) })
    if (random.chance(0.3)) args.select = { _all: true, [random.pick(model.fields).name]: true }
    return { model: model.name, operation: 'count', args, fluent: [], unordered: false }
  }

  #aggregate(model: Model): PrismaRead {
    const random = this.#random
    const args: Args = {
      ...this.#filter(model),
      _count: random.chance(0.5) ? true : { _all: true },
      ...totals(model),
    }
    if (random.chance(0.2)) Object.assign(args, { orderBy: keyOrder(model), take: 3 })
    return { model: model.name, operation: 'aggregate', args, fluent: [], unordered: false }
  }

  #groupBy(model: Model): PrismaRead {
    const random = this.#random
    const by = random.sample(told(groupable(model)), random.int(1, 2)).map((field) => field.name)
    const args: Args = { by, ...this.#filter(model), _count: { _all: true }, ...totals(model) }
    if (random.chance(0.4))
      args.having = { rank: { [random.pick(['_avg', '_max', '_sum'])]: { gt: random.int(0, 2) } } }
    const ordered = random.chance(0.7)
    if (ordered) {
      args.orderBy = by.map((name) => ({ [name]: random.pick(['asc', 'desc']) }))
      if (random.chance(0.3)) args.take = 2
    }
    return { model: model.name, operation: 'groupBy', args, fluent: [], unordered: !ordered }
  }

  #fluent(model: Model): PrismaRead {
    const first = this.#pickEnd(model)
    if (!first) return this.#unique(model)
    const base = this.#random.chance(0.7)
      ? { operation: 'findUnique' as const, args: { where: this.#uniqueWhere(model, false) } }
      : { operation: 'findFirst' as const, args: { ...this.#filter(model), orderBy: this.#orderBy(model) } }
    const fluent = [{ field: first.field, args: this.#nested(first, 1) }]
    if (!first.isList && this.#random.chance(0.4)) {
      const second = this.#pickEnd(modelOf(this.#schema, first.target))
      if (second) {
        fluent[0] = { field: first.field, args: {} }
        fluent.push({ field: second.field, args: this.#nested(second, 0) })
      }
    }
    return { model: model.name, ...base, fluent, unordered: false }
  }

  /** A list that reaches one relation in one way only: nothing else can make up for a rule that is missing. */
  #single(model: Model): PrismaRead {
    const random = this.#random
    const end = this.#pickEnd(model)
    if (!end) return this.#many(model)
    const target = modelOf(this.#schema, end.target)
    const flat = (): Args =>
      scalarFilter(usualOr(filterable(target.fields), 0.9, random), random, this.#schema.database)
    const further = this.#pickEnd(target)
    const key = Object.fromEntries(model.id.map((name) => [name, true]))
    const choices: Args[] = [
      { where: { [random.pick(['AND', 'OR', 'NOT'])]: [this.#along(end, flat())] } },
      { orderBy: this.#orderBy(model), select: key },
      { select: { ...key, [end.field]: true } },
      further
        ? { where: this.#along(end, this.#along(further, { rank: { in: random.sample([0, 1, 2, 3], 2) } })) }
        : { where: this.#along(end, flat()) },
    ]
    if (end.isList)
      choices.push({
        select: { ...key, _count: { select: { [end.field]: random.chance(0.5) || { where: flat() } } } },
      })
    const args = { orderBy: keyOrder(model), ...random.pick(choices) }
    return { model: model.name, operation: 'findMany', args, fluent: [], unordered: false }
  }

  #along(end: End, inner: Args): Args {
    return {
      [end.field]: { [this.#random.pick(end.isList ? ['some', 'none', 'every'] : ['is', 'isNot'])]: inner },
    }
  }

  #uniqueWhere(model: Model, mayNarrow: boolean): Args {
    const where = uniqueWhere(model, this.#random)
    if (mayNarrow && this.#random.chance(0.15)) where.rank = { in: this.#random.sample([0, 1, 2, 3], 2) }
    if (mayNarrow && this.#random.chance(0.1)) Object.assign(where, this.#relationFilter(model, 1))
    return where
  }

  #filter(model: Model): Args {
    return this.#random.chance(0.5) ? {} : { where: this.where(model, 2) }
  }

  where(model: Model, depth: number): Args {
    const random = this.#random
    const kind = random.weighted<'scalar' | 'relation' | 'both' | 'or' | 'not' | 'and'>([
      [4, 'scalar'],
      [depth > 0 ? 7 : 0, 'relation'],
      [depth > 0 ? 1 : 0, 'both'],
      [depth > 0 ? 1.5 : 0, 'or'],
      [depth > 0 ? 1.5 : 0, 'not'],
      [depth > 0 ? 1.5 : 0, 'and'],
    ])
    if (kind === 'or') return { OR: [this.where(model, depth - 1), this.where(model, depth - 1)] }
    if (kind === 'not') return { NOT: this.where(model, depth - 1) }
    if (kind === 'and') return { AND: [this.where(model, depth - 1), this.where(model, 0)] }
    const scalar =
      kind === 'relation'
        ? {}
        : scalarFilter(usualOr(filterable(model.fields), 0.65, random), random, this.#schema.database)
    const relation = kind === 'scalar' ? {} : this.#relationFilter(model, depth - 1)
    return { ...scalar, ...relation, ...(random.chance(0.05) ? { OR: undefined } : {}) }
  }

  #relationFilter(model: Model, depth: number): Args {
    const random = this.#random
    const end = this.#pickEnd(model)
    if (!end) return {}
    const target = modelOf(this.#schema, end.target)
    const inner = random.chance(0.12) ? {} : this.where(target, random.chance(0.5) ? depth : 0)
    if (end.isList) return { [end.field]: { [random.pick(['some', 'none', 'every'])]: inner } }
    if (end.optional && random.chance(0.12))
      return { [end.field]: random.pick([null, { is: null }, { isNot: null }]) }
    return { [end.field]: random.pick([{ is: inner }, { isNot: inner }, inner]) }
  }

  /** `include`, `select` or nothing. */
  #shape(model: Model, depth: number): Args {
    const random = this.#random
    const kind = random.weighted<'none' | 'include' | 'select' | 'omit'>([
      [3, 'none'],
      [depth > 0 ? 4 : 0, 'include'],
      [3, 'select'],
      [0.5, 'omit'],
    ])
    if (kind === 'none') return {}
    if (kind === 'omit')
      return { omit: { [random.pick(model.fields.filter((field) => field.role !== 'id')).name]: true } }
    const relations = depth > 0 ? this.#relations(model, depth, kind === 'include') : {}
    if (kind === 'include') return Object.keys(relations).length > 0 ? { include: relations } : {}
    const names = random.sample(model.fields, random.int(1, 3)).map((field) => field.name)
    return { select: { ...Object.fromEntries(names.map((name) => [name, true])), ...relations } }
  }

  #relations(model: Model, depth: number, atLeastOne: boolean): Args {
    const random = this.#random
    const chosen: Args = {}
    for (let left = random.int(atLeastOne ? 1 : 0, 2); left > 0; left--) {
      const end = this.#pickEnd(model)
      if (end) chosen[end.field] = this.#nested(end, depth - 1) ?? true
    }
    const lists = model.ends.filter((end) => end.isList)
    if (lists.length > 0 && random.chance(0.35)) chosen._count = this.#countSelect(lists)
    return chosen
  }

  #countSelect(lists: readonly End[]): unknown {
    const random = this.#random
    if (random.chance(0.1)) return true
    const select: Args = {}
    for (const end of random.sample(lists, random.int(1, 2))) {
      const filtered = random.chance(0.3)
      select[end.field] = filtered ? { where: this.where(modelOf(this.#schema, end.target), 1) } : true
    }
    return { select }
  }

  #nested(end: End, depth: number): Args | undefined {
    const random = this.#random
    const target = modelOf(this.#schema, end.target)
    const shape = this.#shape(target, depth)
    if (!end.isList) return Object.keys(shape).length > 0 ? shape : undefined
    const args: Args = { orderBy: this.#orderBy(target), ...shape }
    if (random.chance(0.4)) args.where = this.where(target, depth > 0 ? 1 : 0)
    if (random.chance(0.2)) Object.assign(args, { take: random.int(1, 2) })
    if (random.chance(0.1)) args.skip = 1
    return args
  }

  /** A total order: whatever comes first, the primary key decides last. */
  #orderBy(model: Model): Args[] {
    const random = this.#random
    const kind = random.weighted<'key' | 'scalar' | 'count' | 'toOne'>([
      [3, 'key'],
      [3, 'scalar'],
      [2, 'count'],
      [3, 'toOne'],
    ])
    return [...this.#firstOrder(model, kind), ...keyOrder(model)]
  }

  #firstOrder(model: Model, kind: 'key' | 'scalar' | 'count' | 'toOne'): Args[] {
    const random = this.#random
    const direction = random.pick(['asc', 'desc'])
    if (kind === 'scalar') {
      const field = random.pick(groupable(model))
      const nulls = field.optional && random.chance(0.5) && this.#schema.database === 'postgresql'
      return [
        { [field.name]: nulls ? { sort: direction, nulls: random.pick(['first', 'last']) } : direction },
      ]
    }
    const ends = model.ends.filter((end) => end.isList === (kind === 'count'))
    if (kind === 'key' || ends.length === 0) return []
    const end = random.pick(ends)
    if (kind === 'count') return [{ [end.field]: { _count: direction } }]
    const target = modelOf(this.#schema, end.target)
    const further = target.ends.filter((next) => !next.isList)
    if (further.length > 0 && random.chance(0.25)) {
      return [{ [end.field]: { [random.pick(further).field]: { rank: direction } } }]
    }
    return [{ [end.field]: { [usualOr(groupable(target), 0.7, random).name]: direction } }]
  }

  #pickEnd(model: Model): End | undefined {
    // Join tables have no other reader, so their relations come up as often as two.
    const ends = [...model.ends, ...model.ends.filter((end) => end.relation.type === 'manyToMany')]
    return ends.length > 0 ? this.#random.pick(ends) : undefined
  }
}

/** A filter for tests of writes, made by the same rules. */
export function randomWhere(schema: Schema, model: Model, depth: number, random: Random): Args {
  return new ReadMaker(schema, random).where(model, depth)
}

/** `where` of one of the model's unique keys, the compound ones under Prisma's joined name. */
export function uniqueWhere(model: Model, random: Random): Args {
  const keys = uniqueKeys(model).filter((names) => names.every((name) => !fieldOf(model, name).optional))
  const names = random.chance(0.6) ? model.id : random.pick([...keys, ...nullableKeys(model)])
  const values = Object.fromEntries(names.map((name) => [name, random.pick(fieldOf(model, name).domain)]))
  return names.length === 1 ? values : { [names.join('_')]: values }
}

function nullableKeys(model: Model): readonly (readonly string[])[] {
  return model.fields.filter((field) => field.isUnique && field.optional).map((field) => [field.name])
}

/** The primary key, ascending: the order that decides between equals. */
function keyOrder(model: Model): Args[] {
  return model.id.map((name) => ({ [name]: 'asc' }))
}

function viewRead(view: View, random: Random): PrismaRead {
  const base = { model: view.name, fluent: [], unordered: false }
  const where = random.chance(0.5) ? { where: { total: { gte: BigInt(random.int(0, 2)) } } } : {}
  return random.weighted<() => PrismaRead>([
    [
      3,
      () => ({
        ...base,
        operation: 'findMany',
        args: { ...where, orderBy: [{ name: 'asc' }, { id: 'asc' }] },
      }),
    ],
    [
      1,
      () => ({
        ...base,
        operation: 'findFirst',
        args: { ...where, orderBy: [{ total: 'desc' }, { id: 'asc' }] },
      }),
    ],
    [1, () => ({ ...base, operation: 'count', args: where })],
    [1, () => ({ ...base, operation: 'aggregate', args: { _sum: { total: true }, _max: { name: true } } })],
  ])()
}

const ORDERED_KINDS = new Set([
  'int',
  'string',
  'boolean',
  'float',
  'decimal',
  'dateTime',
  'bigint',
  'enum',
  'uuid',
])

/** Fields that can be sorted and grouped by. */
function groupable(model: Model): Field[] {
  return model.fields.filter((field) => ORDERED_KINDS.has(field.kind) && field.role !== 'updatedAt')
}

/** `rank` or `name`, which writes change most, or else any of the fields. */
export function usualOr(fields: readonly Field[], probability: number, random: Random): Field {
  const usual = fields.filter((field) => field.name === 'rank' || field.name === 'name')
  return random.pick(usual.length > 0 && random.chance(probability) ? usual : fields)
}

function filterable(fields: readonly Field[]): Field[] {
  return fields.filter((field) => field.kind !== 'json' && field.role !== 'updatedAt')
}

function totals(model: Model): Args {
  const numbers = told(
    model.fields.filter((field) => ['int', 'float', 'decimal', 'bigint'].includes(field.kind)),
  )
  const chosen = Object.fromEntries(numbers.map((field) => [field.name, true]))
  const least = told([fieldOf(model, 'name'), fieldOf(model, 'rank')])[0]!.name
  return numbers.length > 0
    ? { _sum: chosen, _avg: { rank: true }, _min: { [least]: true }, _max: chosen }
    : {}
}

/** Of which no two values are equal that are not the same. */
function told(fields: readonly Field[]): Field[] {
  return fields.filter(({ isFolded }) => isFolded !== true)
}

function scalarFilter(field: Field, random: Random, database: Database): Args {
  const value = random.pick(field.domain)
  const some = random.sample(field.domain, 2)
  const nullable: unknown[] = field.optional ? [null, { not: null }] : []
  const choices: Record<Field['kind'], () => unknown[]> = {
    int: () => [value, { in: some }, { gt: value }, { lte: value }, { not: value }],
    string: () => [
      value,
      { in: some },
      { contains: 'n' },
      { startsWith: 'a' },
      database === 'postgresql' ? { equals: value, mode: 'insensitive' } : { endsWith: value },
      { not: value },
    ],
    boolean: () => [value],
    float: () => [{ gt: value }, { lte: value }],
    decimal: () => [value, { gt: value }],
    dateTime: () => [value, { lt: value }, { gte: value }],
    bigint: () => [value, { in: some }],
    bytes: () => [value],
    json: () => [],
    enum: () => [value, { in: some }, { not: value }],
    strings: () => [{ has: 'x' }, { isEmpty: true }],
    uuid: () => [value, { in: some }, { not: value }],
  }
  return { [field.name]: random.pick([...choices[field.kind](), ...nullable]) }
}
