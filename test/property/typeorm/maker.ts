import { inspect } from 'node:util'
import type { Maker } from '../maker.js'
import { modelsAlong, type End, type ManyToMany, type Model } from '../model.js'
import type { Random } from '../random.js'
import { rawRefill } from '../raw.js'
import { transactionForms } from './channel.js'
import type { Entities } from './entities.js'
import type { ExtendedSchema } from './extras.js'
import { reachedEnds, ReadMaker, relativeOf, type TypeormRead } from './read.js'
import { WriteMaker, type TypeormWrite } from './write.js'

/** The calls of TypeORM. */
export class TypeormMaker implements Maker {
  readonly orm = 'typeorm'
  readonly hasBatches = false
  readonly lastWrite?: TypeormWrite
  readonly #extended: ExtendedSchema
  readonly #entities: Entities

  constructor(extended: ExtendedSchema, entities: Entities) {
    this.#extended = extended
    this.#entities = entities
    const model = extended.schema.models[0]!.name
    if (!extended.schema.isTiny) this.lastWrite = { kind: 'entity', model, call: { call: 'dropDatabase' } }
  }

  read(random: Random): TypeormRead {
    return new ReadMaker(this.#extended, this.#entities, random).make()
  }

  relative(read: TypeormRead, random: Random): TypeormRead {
    return relativeOf(this.#extended, read, random)
  }

  reachedEnds(read: TypeormRead): End[] {
    return reachedEnds(this.#extended, this.#entities, read)
  }

  modelsOf(read: TypeormRead): string[] {
    return modelsAlong(this.#extended.schema, read.model, this.reachedEnds(read))
  }

  modelWrite(model: Model, random: Random): TypeormWrite {
    return this.#writes(random).make(model)
  }

  robustWrite(model: Model, random: Random): TypeormWrite {
    return this.#writes(random).makeRobust(model)
  }

  plainWrite(model: Model, random: Random): TypeormWrite {
    return this.#writes(random).makePlain(model)
  }

  pointWrite(model: Model, random: Random): TypeormWrite {
    return this.#writes(random).makePoint(model)
  }

  keyWrite(model: Model, random: Random): TypeormWrite {
    return this.#writes(random).makeKey(model)
  }

  relationWrite(end: End, random: Random): TypeormWrite {
    return this.#writes(random).makeRelation(end)
  }

  rawWrite(model: Model, random: Random, mayLock: boolean): TypeormWrite {
    return this.#writes(random).makeRaw(model, mayLock)
  }

  rawJoinRow(relation: ManyToMany, random: Random): TypeormWrite {
    return this.#writes(random).makeJoinRow(relation)
  }

  refill(random: Random): TypeormWrite {
    return { kind: 'raw', way: 'query', raw: rawRefill(this.#extended.schema, random) }
  }

  transactionForm(random: Random): string {
    return random.pick(transactionForms)
  }

  formOf(write: TypeormWrite): string {
    return write.kind === 'raw' ? `${write.way} ${write.raw.form}` : write.call.call
  }

  kindOf(read: TypeormRead): string {
    if (read.kind === 'builder') return `builder ${read.call}${read.joins.length > 0 ? ' joined' : ''}`
    const { relations, skip, where } = read.options
    const parts = [
      relations === undefined ? '' : ' relations',
      skip === undefined ? '' : ' page',
      where === undefined ? '' : ' where',
    ]
    return `${read.call}${parts.join('')}`
  }

  describeRead(read: TypeormRead): string {
    const { model, kind, call, ...rest } = read
    return `${model} ${kind === 'find' ? 'repository' : 'builder'}.${call}(${short(rest)})`
  }

  describeWrite(write: TypeormWrite): string {
    if (write.kind === 'raw') return `${write.way}(${short(write.raw.sql)}, ${short(write.raw.values)})`
    const { call, ...rest } = write.call
    return `${write.model}.${call}(${short(rest)})`
  }

  #writes(random: Random): WriteMaker {
    return new WriteMaker(this.#extended, this.#entities, random)
  }
}

function short(value: unknown): string {
  return inspect(value, { depth: 12, breakLength: Infinity, compact: true, maxStringLength: 300 })
}
