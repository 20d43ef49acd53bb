import type { Model, RelationField } from '../../src/schema/data-model.js'
import type { Chance } from '../../../../test/copies/chance.js'
import type { ReadMaker } from './random-read.js'
import { seedRows } from './seed-rows.js'
import { anyModel, scalarsOf, uniqueOf, valueOf } from './values.js'
import { type AnyClient, dataModel } from './world.js'

type Args = Record<string, unknown>

// How often each is written. Most change one column of one row: what bumps few tags shows most.
const weights: Readonly<Record<string, number>> = {
  assign: 16,
  create: 3,
  createMany: 1,
  createManyAndReturn: 1,
  update: 2,
  updateMany: 1,
  updateManyAndReturn: 1,
  upsert: 1,
  delete: 3,
  deleteMany: 0.3,
  choose: 4,
  raw: 1,
}
const operations = Object.entries(weights).flatMap(([name, weight]) =>
  Array.from({ length: Math.ceil(weight * 3) }, () => name),
)

/** A write of any kind; many are refused, since values are few. */
export class WriteMaker {
  readonly #chance: Chance
  readonly #reads: ReadMaker

  constructor(chance: Chance, reads: ReadMaker) {
    this.#chance = chance
    this.#reads = reads
  }

  /** @returns what is sent, as text. */
  async write(client: AnyClient): Promise<string> {
    const chance = this.#chance
    const model = anyModel(chance)
    const operation = chance.of(operations)
    if (chance.isOneIn(12)) {
      await seedRows(client)
      return 'the rows of the beginning'
    }
    if (operation === 'raw') return await this.#raw(client)
    if (operation === 'assign') return await this.#assign(client, model)
    if (operation === 'choose') return await this.#choose(client, model)
    const args = this.#argsOf(model, operation)
    await client.model(model.name)[operation]!(args)
    return `${model.name}.${operation} ${print(args)}`
  }

  async #assign(client: AnyClient, model: Model): Promise<string> {
    const chance = this.#chance
    const field = chance.of(scalarsOf(model))
    const isCleared = field.optional === true && chance.isOneIn(4)
    const data = { [field.name]: isCleared ? null : valueOf(chance, model, field) }
    const args = { where: uniqueOf(chance, model), data }
    await client.model(model.name)['update']!(args)
    return `${model.name}.update ${print(args)}`
  }

  /** By conditions of which it is certain which rows they leave out. */
  async #choose(client: AnyClient, model: Model): Promise<string> {
    const chance = this.#chance
    const conditions = Array.from({ length: 1 + chance.upTo(1) }, () => {
      const field = chance.of(scalarsOf(model))
      const operator = chance.of(
        field.type === 'Int' ? ['lt', 'lte', 'gt', 'gte', 'equals', 'in'] : ['equals'],
      )
      const value = valueOf(chance, model, field)
      return {
        [field.name]: { [operator]: operator === 'in' ? [value, valueOf(chance, model, field)] : value },
      }
    })
    const operation = chance.isOneIn(5) ? 'deleteMany' : 'updateMany'
    const args = {
      where: conditions.length === 1 ? conditions[0] : { AND: conditions },
      ...(operation === 'updateMany' ? { data: this.#changes(model) } : {}),
    }
    await client.model(model.name)[operation]!(args)
    return `${model.name}.${operation} ${print(args)}`
  }

  async #raw(client: AnyClient): Promise<string> {
    const [sql, ...values] = this.#chance.of<readonly [string, ...unknown[]]>([
      ['UPDATE "Post" SET "views" = "views" + 1 WHERE "id" IN ($1, $2)', 1, 2],
      ['UPDATE people SET "Email" = $1 WHERE "Email" = $2', 'c', 'a'],
      ['WITH x AS (UPDATE tags SET label = $1 WHERE id = 1 RETURNING id) SELECT * FROM x', 'u'],
      ['DELETE FROM "_Friends" WHERE "A" = $1', 2],
    ])
    await client.execute(sql, ...values)
    return sql
  }

  #argsOf(model: Model, operation: string): Args {
    const chance = this.#chance
    const many = () => Array.from({ length: 1 + chance.upTo(1) }, () => this.#row(model))
    const selected = chance.isOneIn(3) ? { select: { [scalarsOf(model)[0]!.name]: true } } : {}
    const where = () => this.#reads.where(model, 1)
    switch (operation) {
      case 'create':
        return { data: this.#withRelations(model, this.#row(model), 'create'), ...selected }
      case 'createMany':
        return { data: many(), skipDuplicates: chance.isOneIn(2) }
      case 'createManyAndReturn':
        return { data: many(), ...selected }
      case 'update':
        return {
          where: uniqueOf(chance, model),
          data: this.#withRelations(model, this.#changes(model), 'update'),
          ...selected,
        }
      case 'updateMany':
      case 'updateManyAndReturn':
        return { where: where(), data: this.#changes(model), ...(chance.isOneIn(4) ? { limit: 1 } : {}) }
      case 'upsert': {
        const unique = uniqueOf(chance, model)
        const own = Object.values(unique)[0]
        const key = typeof own === 'object' && own !== null ? (own as Args) : unique
        return { where: unique, create: { ...this.#row(model), ...key }, update: this.#changes(model) }
      }
      case 'delete':
        return { where: uniqueOf(chance, model), ...selected }
      default:
        return { where: where() }
    }
  }

  #row(model: Model): Args {
    const chance = this.#chance
    return Object.fromEntries(
      scalarsOf(model).flatMap((field) => {
        if (field.default !== undefined && chance.isOneIn(2)) return []
        if (field.optional === true && chance.isOneIn(2)) return []
        return [[field.name, valueOf(chance, model, field)]]
      }),
    )
  }

  #changes(model: Model): Args {
    const chance = this.#chance
    const keys = new Set(model.primaryKey!.fields)
    const fields = scalarsOf(model).filter(({ name }) => !keys.has(name) || chance.isOneIn(6))
    return Object.fromEntries(
      chance.some(fields, 2).map((field) => {
        if (field.type === 'Int' && field.optional === false && chance.isOneIn(4))
          return [field.name, { increment: 1 }]
        if (field.optional === true && chance.isOneIn(4)) return [field.name, null]
        return [field.name, valueOf(chance, model, field)]
      }),
    )
  }

  /** Prisma takes foreign keys or relations, not both. */
  #withRelations(model: Model, data: Args, operation: 'create' | 'update'): Args {
    const chance = this.#chance
    const relations = [...model.fields.values()].filter(
      (field): field is RelationField => field.kind === 'relation' && field.list === true,
    )
    const relation = chance.isOneIn(2) ? chance.of(relations) : undefined
    if (relation === undefined) return data
    const target = dataModel.models.get(relation.model)!
    const word = chance.of(
      operation === 'create'
        ? ['connect', 'create']
        : ['connect', 'set', 'disconnect', 'deleteMany', 'updateMany'],
    )
    const foreign = relation.foreignKey?.columns ?? []
    const free = (row: Args) =>
      Object.fromEntries(
        Object.entries(row).filter(([name]) => {
          const field = target.fields.get(name)
          return field?.kind !== 'scalar' || !foreign.includes(field.column.toLowerCase())
        }),
      )
    switch (word) {
      case 'create':
        return { ...data, [relation.name]: { create: free(this.#row(target)) } }
      case 'deleteMany':
        return { ...data, [relation.name]: { deleteMany: this.#reads.where(target, 0) } }
      case 'updateMany':
        if (relation.joinTable !== undefined) return data
        return {
          ...data,
          [relation.name]: {
            updateMany: { where: this.#reads.where(target, 0), data: free(this.#changes(target)) },
          },
        }
      default:
        return { ...data, [relation.name]: { [word]: [uniqueOf(chance, target)] } }
    }
  }
}

export const print = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ??
  'undefined'
