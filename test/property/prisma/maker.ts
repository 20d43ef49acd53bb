import { inspect } from 'node:util'
import type { Maker } from '../maker.js'
import { modelsAlong, type End, type ManyToMany, type Model, type Schema } from '../model.js'
import type { Random } from '../random.js'
import { randomRaw, rawJoinRow, rawRefill, type RawWrite } from '../raw.js'
import {
  decidingModels,
  randomRead,
  reachedEnds,
  readsOfSet,
  relativeOf,
  setKeys,
  siblingOf,
  type PrismaRead,
} from './read.js'
import {
  decidingWrite,
  keyWrite,
  leavingWrite,
  plainWrite,
  pointWrite,
  randomModelWrite,
  relationWrite,
  robustModelWrite,
  type ModelWrite,
} from './write.js'

export type PrismaWrite = ModelWrite | RawWrite

/** The calls of a Prisma client. */
export class PrismaMaker implements Maker {
  readonly orm = 'prisma'
  readonly hasBatches = true
  readonly #schema: Schema

  constructor(schema: Schema) {
    this.#schema = schema
  }

  read(random: Random): PrismaRead {
    return randomRead(this.#schema, random)
  }

  relative(read: PrismaRead, random: Random): PrismaRead {
    return relativeOf(read, random)
  }

  sibling(read: PrismaRead, random: Random): PrismaRead | undefined {
    return siblingOf(this.#schema, read, random)
  }

  reachedEnds(read: PrismaRead): End[] {
    return reachedEnds(this.#schema, read)
  }

  modelsOf(read: PrismaRead): string[] {
    return modelsAlong(this.#schema, read.model, this.reachedEnds(read))
  }

  modelWrite(model: Model, random: Random): PrismaWrite {
    return randomModelWrite(this.#schema, model, random)
  }

  robustWrite(model: Model, random: Random): PrismaWrite {
    return robustModelWrite(this.#schema, model, random)
  }

  plainWrite(model: Model, random: Random): PrismaWrite {
    return plainWrite(model, random)
  }

  pointWrite(model: Model, random: Random): PrismaWrite {
    return pointWrite(this.#schema, model, random)
  }

  decidingWrite(read: PrismaRead, random: Random): PrismaWrite | undefined {
    const [deciding] = random.sample(decidingModels(this.#schema, read), 1)
    return deciding && decidingWrite(this.#schema, deciding, random)
  }

  set(random: Random): ReturnType<NonNullable<Maker['set']>> {
    const { model, field } = random.pick(setKeys(this.#schema))
    const [value, other] = random.sample(field.domain.slice(0, 3), 2)
    const reads = readsOfSet(this.#schema, model, { [field.name]: value }, random)
    return { ...reads, write: leavingWrite(model, { [field.name]: other }, random) }
  }

  keyWrite(model: Model, random: Random): PrismaWrite {
    return keyWrite(model, random)
  }

  relationWrite(end: End, random: Random): PrismaWrite {
    return relationWrite(this.#schema, end, random)
  }

  rawWrite(model: Model, random: Random, mayLock: boolean): PrismaWrite {
    return randomRaw(this.#schema, model, random, mayLock)
  }

  rawJoinRow(relation: ManyToMany, random: Random): PrismaWrite {
    return rawJoinRow(this.#schema, relation, random)
  }

  refill(random: Random): PrismaWrite {
    return rawRefill(this.#schema, random)
  }

  /** Prisma has one kind of interactive transaction. */
  transactionForm(): string {
    return 'callback'
  }

  formOf(write: PrismaWrite): string {
    return write.kind === 'raw' ? `raw ${write.form}` : write.operation
  }

  kindOf({ operation, args, fluent }: PrismaRead): string {
    const names = ['cursor', 'skip', 'distinct', 'include', 'select'].filter((name) => name in args)
    return [fluent.length > 0 ? `${operation} fluent` : operation, ...names].join(' ')
  }

  describeRead({ model, operation, args, fluent }: PrismaRead): string {
    const path = fluent.map((step) => `.${step.field}(${step.args ? short(step.args) : ''})`).join('')
    return `${model}.${operation}(${short(args)})${path}`
  }

  describeWrite(write: PrismaWrite): string {
    if (write.kind !== 'raw') return `${write.model}.${write.operation}(${short(write.args)})`
    const call = write.answersRows ? '$queryRawUnsafe' : '$executeRawUnsafe'
    return `${call}(${short(write.sql)}, ${short(write.values)})`
  }
}

function short(value: unknown): string {
  return inspect(value, { depth: 12, breakLength: Infinity, compact: true, maxStringLength: 300 })
}
