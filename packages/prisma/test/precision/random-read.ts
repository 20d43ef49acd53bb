import type { Model, RelationField } from '../../src/schema/data-model.js'
import type { Chance } from '../../../../test/copies/chance.js'
import { anyModel, scalarsOf, uniqueOf, valueOf } from './values.js'
import { type AnyClient, dataModel } from './world.js'

type Args = Record<string, unknown>

/** A read as an application would write it. */
export interface RandomRead {
  readonly model: Model
  readonly operation: string
  readonly args: Args
  /** Fields to go on to, one call each. */
  readonly fluent: readonly { readonly field: string; readonly args: Args }[]
}

const operations = [
  'findUnique',
  'findUnique',
  'findFirst',
  'findMany',
  'findMany',
  'findMany',
  'findMany',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
]

export class ReadMaker {
  readonly #chance: Chance
  readonly #client: AnyClient

  constructor(chance: Chance, client: AnyClient) {
    this.#chance = chance
    this.#client = client
  }

  read(): RandomRead {
    const chance = this.#chance
    const model = anyModel(chance)
    const operation = chance.of(operations)
    if (operation === 'findUnique' && chance.isOneIn(3)) return this.#fluentRead(model)
    return { model, operation, args: this.#argsOf(model, operation), fluent: [] }
  }

  #argsOf(model: Model, operation: string): Args {
    const chance = this.#chance
    switch (operation) {
      case 'findUnique': {
        const where = uniqueOf(chance, model)
        return {
          where: chance.isOneIn(4) ? { ...this.where(model, 1), ...where } : where,
          ...this.#selection(model, 2),
        }
      }
      case 'count':
        return chance.isOneIn(2)
          ? withoutDistinct(this.#listArgs(model, 1))
          : { where: this.where(model, 2), select: { _all: true, [chance.of(scalarsOf(model)).name]: true } }
      case 'aggregate': {
        const [field, other] = [chance.of(scalarsOf(model)), chance.of(scalarsOf(model))]
        const isOrdered = !['Boolean'].includes(field.type) && field.nativeType !== 'Uuid'
        return {
          ...withoutDistinct(this.#listArgs(model, 1)),
          _count: chance.isOneIn(2) ? true : { [other.name]: true },
          ...(isOrdered ? { [chance.of(['_min', '_max'])]: { [field.name]: true } } : {}),
        }
      }
      case 'groupBy':
        return this.#groupArgs(model)
      default: {
        const list = this.#listArgs(model, 2)
        if (operation === 'findFirst') delete list['take']
        // The first of rows without an order is any.
        return {
          ...(operation === 'findFirst' ? { orderBy: this.#order(model) } : {}),
          ...list,
          ...this.#selection(model, 2),
        }
      }
    }
  }

  #fluentRead(start: Model): RandomRead {
    const chance = this.#chance
    const fluent: { field: string; args: Args }[] = []
    let model = start
    do {
      const relation = chance.of(relationsOf(model))
      if (relation === undefined) break
      model = dataModel.models.get(relation.model)!
      fluent.push({
        field: relation.name,
        args: relation.list === true ? this.#nested(model, relation, 1) : {},
      })
      if (relation.list === true) break
    } while (chance.isOneIn(2))
    return { model: start, operation: 'findUnique', args: { where: uniqueOf(chance, start) }, fluent }
  }

  #groupArgs(model: Model): Args {
    const chance = this.#chance
    const by = chance.some(scalarsOf(model), 2).map(({ name }) => name)
    const having = scalarsOf(model).find(({ name, type }) => by.includes(name) && type === 'Int')
    return {
      by,
      where: this.where(model, 2),
      _count: chance.isOneIn(2) ? true : { _all: true },
      orderBy: by.map((name) => ({ [name]: 'asc' })),
      ...(having !== undefined && chance.isOneIn(2)
        ? { having: { [having.name]: { gt: chance.upTo(2) } } }
        : {}),
      ...(chance.isOneIn(3) ? { take: 2, skip: chance.upTo(1) } : {}),
    }
  }

  /** Where rows are cut, their order is total: otherwise more than one answer is right. */
  #listArgs(model: Model, depth: number): Args {
    const chance = this.#chance
    const args: Args = {}
    if (!chance.isOneIn(5)) args['where'] = this.where(model, depth)
    const isCut = chance.isOneIn(2)
    if (isCut || chance.isOneIn(2)) args['orderBy'] = this.#order(model)
    if (!isCut) return args
    if (chance.isOneIn(2)) args['take'] = chance.isOneIn(4) ? -2 : 1 + chance.upTo(2)
    if (chance.isOneIn(3)) args['skip'] = chance.upTo(2)
    if (chance.isOneIn(4)) args['cursor'] = uniqueOf(chance, model)
    if (chance.isOneIn(5)) args['distinct'] = chance.some(scalarsOf(model), 2).map(({ name }) => name)
    return args
  }

  #order(model: Model): Args[] {
    const chance = this.#chance
    const order: Args[] = []
    if (!chance.isOneIn(3)) order.push({ [chance.of(scalarsOf(model)).name]: chance.of(['asc', 'desc']) })
    const relation = chance.isOneIn(3) ? chance.of(relationsOf(model)) : undefined
    if (relation !== undefined) {
      const target = dataModel.models.get(relation.model)!
      order.unshift({
        [relation.name]:
          relation.list === true ? { _count: 'desc' } : { [chance.of(scalarsOf(target)).name]: 'asc' },
      })
    }
    return [...order, ...model.primaryKey!.fields.map((name) => ({ [name]: 'asc' }))]
  }

  where(model: Model, depth: number): Args {
    const chance = this.#chance
    const where: Args = {}
    for (let left = chance.of([0, 0, 1, 1, 2]); left > 0; left--)
      Object.assign(where, this.#condition(model, depth))
    return where
  }

  #condition(model: Model, depth: number): Args {
    const chance = this.#chance
    const kind = chance.upTo(9)
    if (depth > 0 && kind === 0) {
      const word = chance.of(['AND', 'OR', 'NOT', 'OR'])
      return { [word]: [this.where(model, depth - 1), this.where(model, depth - 1)] }
    }
    const relation = depth > 0 && kind < 4 ? chance.of(relationsOf(model)) : undefined
    if (relation !== undefined) return { [relation.name]: this.#relationFilter(relation, depth) }
    const keys = [model.primaryKey!, ...model.uniques].flatMap(({ fields }) => fields)
    const references = scalarsOf(model).filter(({ name }) => name.endsWith('Id') || keys.includes(name))
    const field = chance.of(chance.isOneIn(2) ? references : scalarsOf(model))
    const value = () => valueOf(chance, model, field)
    const isList = chance.upTo(9)
    if (isList < 4) return { [field.name]: value() }
    if (isList < 6) return { [field.name]: { in: [value(), value()] } }
    if (isList === 6 && field.optional === true) return { [field.name]: null }
    if (isList === 7) {
      const same = scalarsOf(model).filter(
        ({ type, nativeType }) => type === field.type && nativeType === field.nativeType,
      )
      return { [field.name]: { equals: this.#client.model(model.name).fields[chance.of(same).name] } }
    }
    if (field.type === 'Boolean') return { [field.name]: { not: value() } }
    if (field.type === 'String' && field.nativeType === undefined && isList === 8)
      return {
        [field.name]: chance.isOneIn(2) ? { equals: value(), mode: 'insensitive' } : { contains: value() },
      }
    return {
      [field.name]:
        field.nativeType === 'Uuid' ? { not: value() } : { [chance.of(['not', 'gt', 'lte'])]: value() },
    }
  }

  #relationFilter(relation: RelationField, depth: number): unknown {
    const chance = this.#chance
    const inner = this.where(dataModel.models.get(relation.model)!, depth - 1)
    if (relation.list === true) return { [chance.of(['some', 'some', 'every', 'none'])]: inner }
    if (relation.optional === true && chance.isOneIn(6)) return null
    return chance.isOneIn(3) ? { [chance.of(['is', 'isNot'])]: inner } : inner
  }

  #selection(model: Model, depth: number): Args {
    const chance = this.#chance
    const kind = chance.of([0, 0, 0, 1, 2, 3, 4, 5])
    const relations = depth > 0 ? this.#relations(model, depth) : {}
    if (kind === 0) return {}
    if (kind === 1) return { omit: { [chance.of(scalarsOf(model)).name]: true } }
    if (kind < 4) return Object.keys(relations).length > 0 ? { include: relations } : {}
    const fields = chance.some(scalarsOf(model), 3).map(({ name }) => [name, true] as const)
    return { select: { ...Object.fromEntries(fields), ...relations } }
  }

  #relations(model: Model, depth: number): Args {
    const chance = this.#chance
    const relations = relationsOf(model)
    if (relations.length === 0) return {}
    const selected: Args = {}
    for (const relation of chance.some(relations, 2)) {
      const target = dataModel.models.get(relation.model)!
      const nested =
        relation.list === true
          ? this.#nested(target, relation, depth - 1)
          : this.#selection(target, depth - 1)
      selected[relation.name] = Object.keys(nested).length > 0 ? nested : true
    }
    if (chance.isOneIn(3)) {
      const lists = relations.filter(({ list }) => list === true)
      const counted = lists.map(({ name, model: target }) => [
        name,
        chance.isOneIn(2) ? true : { where: this.where(dataModel.models.get(target)!, 1) },
      ])
      if (lists.length > 0)
        selected['_count'] = chance.isOneIn(2)
          ? true
          : { select: Object.fromEntries(counted.slice(0, 2)) as Args }
    }
    return selected
  }

  #nested(target: Model, _relation: RelationField, depth: number): Args {
    return {
      ...(this.#chance.isOneIn(2) ? this.#listArgs(target, 1) : {}),
      ...this.#selection(target, depth),
    }
  }
}

function withoutDistinct(args: Args): Args {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== 'distinct'))
}

const relationsOf = (model: Model): readonly RelationField[] =>
  [...model.fields.values()].filter((field): field is RelationField => field.kind === 'relation')

/** The call that Prisma makes of it: a fluent path is a selection. */
export function callOf({ args, fluent }: RandomRead): { args: Args; dataPath: readonly string[] } {
  const nested = fluent.reduceRight<Args | undefined>(
    (inner, { field, args: own }) => ({
      select: {
        [field]: inner === undefined ? (Object.keys(own).length > 0 ? own : true) : { ...own, ...inner },
      },
    }),
    undefined,
  )
  return { args: { ...args, ...nested }, dataPath: fluent.flatMap(({ field }) => ['select', field]) }
}

export async function send(
  client: AnyClient,
  { model, operation, args, fluent }: RandomRead,
): Promise<unknown> {
  let promise = client.model(model.name)[operation]!(args)
  for (const { field, args: own } of fluent)
    promise = (promise as unknown as Record<string, (given: Args) => typeof promise>)[field]!(own)
  return await promise
}
