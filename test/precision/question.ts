import { In, IsNull, type FindOptionsOrder, type ObjectLiteral } from 'typeorm'
import type { Read } from '../property/binding.js'
import { modelOf, type Schema } from '../property/model.js'
import type { OrmName } from '../property/maker.js'
import type { PrismaRead } from '../property/prisma/read.js'
import type { FindRead, Where } from '../property/typeorm/read.js'

/** A read that both ORMs know, as data. */
export interface Question {
  readonly model: string
  /** Fields with the value that they must have, or a list of those that they may have; null is a value. */
  readonly where?: Readonly<Record<string, unknown>>
  /** By default every column. */
  readonly select?: readonly string[]
  readonly include?: string
  /** `first` is one row or null, by whatever is in `where`. */
  readonly how?: 'many' | 'first' | 'count'
}

/** The read in the words of an ORM. */
export function readOf(orm: OrmName, schema: Schema, question: Question): Read {
  return orm === 'prisma' ? ofPrisma(schema, question) : ofTypeorm(schema, question)
}

function ofPrisma(
  schema: Schema,
  { model, where = {}, select, include, how = 'many' }: Question,
): PrismaRead {
  const conditions = Object.entries(where).map(
    ([name, value]) => [name, Array.isArray(value) ? { in: value } : value] as const,
  )
  const args = {
    where: Object.fromEntries(conditions),
    ...(how === 'count' ? {} : { orderBy: modelOf(schema, model).id.map((name) => ({ [name]: 'asc' })) }),
    ...(select === undefined ? {} : { select: Object.fromEntries(select.map((name) => [name, true])) }),
    ...(include === undefined ? {} : { include: { [include]: true } }),
  }
  const operation = ({ many: 'findMany', first: 'findFirst', count: 'count' } as const)[how]
  return { model, operation, args, fluent: [], unordered: include !== undefined }
}

function ofTypeorm(schema: Schema, { model, where = {}, select, include, how = 'many' }: Question): FindRead {
  const conditions = Object.entries(where).map(([name, value]) => [name, conditionOf(value)] as const)
  const order: FindOptionsOrder<ObjectLiteral> = Object.fromEntries(
    modelOf(schema, model).id.map((name) => [name, 'ASC' as const]),
  )
  const options = {
    where: Object.fromEntries(conditions) as Where,
    ...(how === 'count' ? {} : { order }),
    ...(select === undefined ? {} : { select: Object.fromEntries(select.map((name) => [name, true])) }),
    ...(include === undefined ? {} : { relations: { [include]: true } }),
  }
  const call = ({ many: 'find', first: 'findOne', count: 'count' } as const)[how]
  return {
    kind: 'find',
    model,
    call,
    options,
    cache: true,
    throughRunner: false,
    followsLazy: false,
    unordered: include !== undefined,
  }
}

/** TypeORM tells integers of 64 bits as text. */
function conditionOf(value: unknown): unknown {
  if (value === null) return IsNull()
  if (Array.isArray(value)) return In(value.map(conditionOf))
  return typeof value === 'bigint' ? String(value) : value
}
