import type { ObjectLiteral } from 'typeorm'
import { In, MoreThan } from 'typeorm'
import type { Write } from '../binding.js'
import { dialectOf } from '../dialect.js'
import { fieldOf, modelOf, type End, type Field, type ManyToMany, type Model } from '../model.js'
import type { Random } from '../random.js'
import { randomRaw, rawJoinRow, type RawWrite } from '../raw.js'
import { oppositeOf, type Entities } from './entities.js'
import { parentEnd, type ExtendedSchema, type Trait } from './extras.js'
import { propertiesOf, type Where } from './read.js'

export type Row = ObjectLiteral

/** What `save()` and its like are told. */
interface SaveOptions {
  readonly listeners?: boolean
  readonly transaction?: boolean
  readonly reload?: boolean
  readonly chunk?: number
}

/** By which of TypeORM's names a builder is told its table, and whether listeners are called. */
interface BuilderOptions {
  readonly by: 'entity' | 'table'
  readonly listeners: boolean
  readonly inTransaction: boolean
  readonly returning: boolean
}

/** One call of TypeORM that writes, as data. `model` names an entity. */
export type Call =
  | { readonly call: 'insert'; readonly rows: readonly Row[] }
  | { readonly call: 'upsert'; readonly rows: readonly Row[]; readonly paths: readonly string[] }
  | { readonly call: 'save'; readonly rows: readonly Row[]; readonly options: SaveOptions }
  /** Loads entities, through the cache or past it, changes them and saves them. */
  | {
      readonly call: 'saveLoaded'
      readonly where: Where
      readonly relations: readonly string[]
      readonly change: Row
      readonly throughCache: boolean
      readonly options: SaveOptions
    }
  | {
      readonly call: 'remove' | 'softRemove' | 'recover'
      readonly where: Where
      readonly options: SaveOptions
    }
  | { readonly call: 'update'; readonly where: Where; readonly data: Row }
  | { readonly call: 'updateAll'; readonly data: Row }
  | {
      readonly call: 'increment' | 'decrement'
      readonly where: Where
      readonly field: string
      readonly by: number
    }
  | { readonly call: 'delete' | 'softDelete' | 'restore'; readonly where: Where }
  | { readonly call: 'deleteAll' }
  | { readonly call: 'clear'; readonly cascade: boolean }
  | {
      readonly call: 'insertBuilder'
      readonly rows: readonly Row[]
      readonly conflict: 'error' | 'ignore' | 'update'
      readonly builder: BuilderOptions
    }
  /** INSERT … SELECT of the model's own rows under new keys. */
  | { readonly call: 'insertFromSelect'; readonly fields: readonly string[]; readonly keys: readonly Row[] }
  | {
      readonly call: 'updateBuilder' | 'deleteBuilder' | 'softDeleteBuilder' | 'restoreBuilder'
      readonly data: Row
      readonly where: Row
      readonly builder: BuilderOptions
    }
  | {
      readonly call: 'relationAdd' | 'relationRemove'
      readonly field: string
      readonly of: Row
      readonly keys: readonly Row[]
    }
  | { readonly call: 'relationSet'; readonly field: string; readonly of: Row; readonly key: Row | null }
  /** A builder on a table that is no entity's. */
  | { readonly call: 'foreignTable' }
  /** A row of a closure table alone. */
  | { readonly call: 'closureRow'; readonly ancestor: number; readonly descendant: number }
  | { readonly call: 'synchronize' }
  /** Everything goes, and the tables come back without rows. */
  | { readonly call: 'dropDatabase' }
  /** A migration that runs, and one that is undone. */
  | { readonly call: 'migration'; readonly sql: string; readonly transaction: 'all' | 'each' | 'none' }

/** A builder that changes rows. */
export type ChangeBuilder = Extract<Call, { readonly data: Row; readonly builder: BuilderOptions }>

export interface EntityWrite extends Write {
  readonly kind: 'entity'
  readonly model: string
  readonly call: Call
}

/** How a raw statement is sent. */
type RawWay = 'query' | 'repository' | 'sql' | 'runner' | 'stream'

export interface SentRaw extends Write {
  readonly kind: 'raw'
  readonly way: RawWay
  readonly raw: RawWrite
}

export type TypeormWrite = EntityWrite | SentRaw

/** Of several statements, a driver streams none. */
const SCRIPTS = new Set<RawWrite['form']>(['secondStatement', 'twoWrites'])

const linksOf = ({ ends }: Model): End[] => ends.filter(({ relation }) => relation.type === 'manyToMany')

/** Makes writes of a schema's entities. */
export class WriteMaker {
  readonly #extended: ExtendedSchema
  readonly #entities: Entities
  readonly #random: Random

  constructor(extended: ExtendedSchema, entities: Entities, random: Random) {
    this.#extended = extended
    this.#entities = entities
    this.#random = random
  }

  /** Any call, many of which fail for reasons of the data. */
  make(model: Model): EntityWrite {
    const random = this.#random
    const links = linksOf(model)
    if (links.length > 0 && random.chance(0.35)) return this.makeRelation(random.pick(links))
    const trait = this.#traitOf(model)
    const choices: [number, () => Call][] = [
      [4, () => ({ call: 'insert', rows: this.#rows(model) })],
      [3, () => this.#upsert(model)],
      [6, () => ({ call: 'save', rows: this.#graphs(model), options: this.#saveOptions() })],
      [5, () => this.#saveLoaded(model)],
      [2, () => this.#ofLoaded('remove', model)],
      [3, () => ({ call: 'update', where: this.#few(model), data: this.#changes(model) })],
      [1, () => ({ call: 'updateAll', data: this.#changes(model) })],
      [1, () => ({ call: 'delete', where: this.#few(model) })],
      [2, () => this.#insertBuilder(model)],
      [4, () => this.#insertFromSelect(model)],
      [2, () => this.#builder('updateBuilder', model)],
      [1, () => this.#builder('deleteBuilder', model)],
      [trait.isDocument ? 40 : 0, () => this.#document(model)],
      [trait.tree ? 40 : 0, () => this.#tree(model)],
      [0.3, () => ({ call: 'foreignTable' })],
    ]
    return this.#of(this.#target(model), random.weighted(choices)())
  }

  /** Hardly ever fails. */
  makeRobust(model: Model): EntityWrite {
    const random = this.#random
    const data = this.#plainChange(model)
    const choices: [number, () => Call][] = [
      [2, () => ({ call: 'update', where: this.#few(model), data })],
      [1, () => ({ call: 'updateAll', data })],
      [1, () => ({ call: 'increment', where: this.#few(model), field: 'rank', by: 1 })],
      [1, () => ({ call: 'saveLoaded', ...this.#loaded(model), relations: [], change: data })],
      [1, () => this.#upsert(model)],
      [1, () => this.#insertBuilder(model, 'ignore')],
      [1, () => ({ ...this.#builder('updateBuilder', model), data })],
      [this.#traitOf(model).isDocument ? 6 : 0, () => this.#document(model)],
    ]
    return this.#of(model.name, random.weighted(choices)())
  }

  makePlain(model: Model): EntityWrite {
    const random = this.#random
    const links = linksOf(model)
    if (links.length > 0 && random.chance(0.4)) return this.makeRelation(random.pick(links))
    const data = this.#plainChange(model)
    const where = random.chance(0.5) ? this.#few(model) : this.#all(model)
    const choices: [number, () => Call][] = [
      [3, () => ({ call: 'update', where, data })],
      [1, () => ({ call: 'updateAll', data })],
      [2, () => ({ call: random.pick(['increment', 'decrement']), where, field: 'rank', by: 1 })],
      [2, () => ({ ...this.#builder('updateBuilder', model), data })],
      [3, () => ({ call: 'saveLoaded', ...this.#loaded(model), relations: [], change: data })],
      [this.#extended.schema.isTiny ? 0 : 2, () => this.#insertFromSelect(model)],
    ]
    return this.#of(model.name, random.weighted(choices)())
  }

  /** A new value for one column of one row, one row more or one row less: what an application writes most. */
  makePoint(model: Model): EntityWrite {
    const random = this.#random
    const codes = model.fields.filter(({ role, isUnique }) => role === 'code' && isUnique)
    const where =
      codes.length > 0 && random.chance(0.3)
        ? { [codes[0]!.name]: random.pick(codes[0]!.domain) }
        : this.#key(model)
    const fields = propertiesOf(model).filter(({ role }) => ['data', 'foreignKey', 'code'].includes(role))
    const field = random.pick(fields)
    const data = { [field.name]: this.#value(field) }
    const choices: [number, () => Call][] = [
      [4, () => ({ call: 'increment', where, field: 'rank', by: 1 })],
      [5, () => ({ call: 'update', where, data })],
      [2, () => ({ call: 'update', where: this.#anyRank(model), data })],
      [2, () => ({ ...this.#builder('updateBuilder', model), data, where })],
      [4, () => ({ call: 'saveLoaded', ...this.#loaded(model), where, relations: [], change: data })],
      [3, () => ({ call: 'insert', rows: [this.#row(model, false)] })],
      [2, () => ({ call: 'save', rows: [this.#row(model, true)], options: {} })],
      [3, () => ({ call: 'delete', where })],
      [1, () => this.#upsert(model)],
      [
        codes.length > 0 ? 1 : 0,
        () => ({ call: 'upsert', rows: [this.#row(model, true)], paths: [codes[0]!.name] }),
      ],
    ]
    return this.#of(model.name, random.weighted(choices)())
  }

  /** A condition that names no key. */
  #anyRank(model: Model): Where {
    return { rank: fieldOf(model, 'rank').domain[this.#random.int(0, 2)] as number }
  }

  makeKey(model: Model): EntityWrite {
    const random = this.#random
    if (this.#traitOf(model).tree === 'closure-table' && random.chance(0.5))
      return this.#of(model.name, this.#closureRow())
    if (random.chance(0.65)) {
      const where = this.#key(model)
      return this.#of(
        model.name,
        random.weighted<() => Call>([
          [4, () => ({ call: 'delete', where })],
          [2, () => ({ call: 'remove', where, options: this.#saveOptions() })],
          [2, () => ({ ...this.#builder('deleteBuilder', model), where })],
          [1, () => ({ call: 'deleteAll' })],
          [
            this.#traitOf(model).isDocument ? 8 : 0,
            () => ({ call: random.pick(['softDelete', 'restore']), where }),
          ],
        ])(),
      )
    }
    const keys = model.fields.filter(({ role }) => role === 'id' || role === 'code')
    const field = keys.length > 0 ? random.pick(keys) : fieldOf(model, model.id[0]!)
    const data = { [field.name]: random.pick(field.domain.slice(-2)) }
    const where = this.#key(model)
    return this.#of(
      model.name,
      random.chance(0.6)
        ? { call: 'update', where, data }
        : { ...this.#builder('updateBuilder', model), where, data },
    )
  }

  /** Changes which rows belong together along a relation, and as little else as possible. */
  makeRelation(end: End): EntityWrite {
    const random = this.#random
    const { schema } = this.#extended
    const model = modelOf(schema, end.model)
    const target = modelOf(schema, end.target)
    const of = this.#key(model)
    const keys = Array.from({ length: random.int(1, 2) }, () => this.#key(target))
    const { field } = end
    if (end.isList) {
      const choices: [number, () => Call][] = [
        [7, () => ({ call: 'relationAdd', field, of, keys })],
        [3, () => ({ call: 'relationRemove', field, of, keys })],
        [2, () => ({ call: 'save', rows: [{ ...of, [field]: keys }], options: this.#saveOptions() })],
        [
          2,
          () => ({
            call: 'saveLoaded',
            where: of,
            relations: [field],
            change: { [field]: random.chance(0.5) ? keys : [] },
            throughCache: random.chance(0.4),
            options: this.#saveOptions(),
          }),
        ],
      ]
      return this.#of(model.name, random.weighted(choices)())
    }
    const key = end.optional && random.chance(0.3) ? null : keys[0]!
    const isBranch = end.target === end.model && this.#traitOf(model).tree === 'closure-table'
    const choices: [number, () => Call][] = [
      [isBranch ? 16 : 0, () => this.#closureRow()],
      [3, () => ({ call: 'relationSet', field, of, key })],
      [2, () => ({ call: 'save', rows: [{ ...of, [field]: key }], options: this.#saveOptions() })],
      [end.ownsKey ? 3 : 0, () => ({ call: 'update', where: of, data: { [field]: key } })],
    ]
    return this.#of(model.name, random.weighted(choices)())
  }

  /** A statement of the user's own, or what TypeORM sends of its own accord beside entities. */
  makeRaw(model: Model, mayLock: boolean): TypeormWrite {
    const random = this.#random
    if (mayLock && random.chance(0.12)) return this.#of(model.name, this.#locking(model))
    return this.#sent(randomRaw(this.#extended.schema, model, random, mayLock))
  }

  makeJoinRow(relation: ManyToMany): TypeormWrite {
    return this.#sent(rawJoinRow(this.#extended.schema, relation, this.#random))
  }

  #sent(raw: RawWrite): SentRaw {
    const streams = !raw.locksOutReads && !SCRIPTS.has(raw.form)
    const way = this.#random.weighted<RawWay>([
      [3, 'query'],
      [1, 'repository'],
      [raw.values.length === 0 ? 1 : 0, 'sql'],
      [2, 'runner'],
      [streams ? (raw.answersRows ? 6 : 2) : 0, 'stream'],
    ])
    return { kind: 'raw', way, raw }
  }

  #locking(model: Model): Call {
    const random = this.#random
    const { quote } = dialectOf(this.#extended.schema)
    const rank = quote(fieldOf(model, 'rank').column)
    const sql = `UPDATE ${quote(model.table)} SET ${rank} = (${rank} + 1) % 4`
    return random.weighted<() => Call>([
      [4, () => ({ call: 'clear', cascade: random.chance(0.7) })],
      [2, () => ({ call: 'migration', sql, transaction: random.pick(['all', 'each', 'none'] as const) })],
      [this.#extended.schema.isTiny ? 0 : 1, () => ({ call: 'synchronize' })],
    ])()
  }

  #of(model: string, call: Call): EntityWrite {
    return { kind: 'entity', model, call }
  }

  #traitOf(model: Model): Trait {
    return this.#extended.traits.get(model.name) ?? {}
  }

  #target(model: Model): string {
    return this.#random.pick([model.name, ...(this.#traitOf(model).children ?? [])])
  }

  #key(model: Model): Row {
    return Object.fromEntries(
      model.id.map((name) => [name, this.#random.pick(fieldOf(model, name).domain.slice(0, 5))]),
    )
  }

  #few(model: Model): Where {
    const field = fieldOf(model, model.id[0]!)
    return { [field.name]: In(this.#random.sample(field.domain, 2)) }
  }

  /** Criteria may not be empty. */
  #all(model: Model): Where {
    return { rank: MoreThan(model.fields.length > 0 ? -1 : 0) }
  }

  #saveOptions(): SaveOptions {
    return this.#random.weighted<SaveOptions>([
      [5, {}],
      [1, { listeners: false }],
      [1, { transaction: false }],
      [0.5, { chunk: 1 }],
      [0.5, { reload: false }],
    ])
  }

  #builderOptions(): BuilderOptions {
    const random = this.#random
    return {
      by: random.chance(0.7) ? 'entity' : 'table',
      listeners: random.chance(0.6),
      inTransaction: random.chance(0.15),
      returning: random.chance(0.15) && this.#extended.schema.database === 'postgresql',
    }
  }

  #builder(call: ChangeBuilder['call'], model: Model): ChangeBuilder {
    return { call, data: this.#plainChange(model), where: this.#key(model), builder: this.#builderOptions() }
  }

  #insertBuilder(model: Model, conflict?: 'ignore'): Call {
    const random = this.#random
    return {
      call: 'insertBuilder',
      rows: this.#rows(model),
      conflict: conflict ?? random.pick(['error', 'ignore', 'update'] as const),
      builder: this.#builderOptions(),
    }
  }

  #insertFromSelect(model: Model): Call {
    const required = propertiesOf(model).filter(
      (field) =>
        !model.id.includes(field.name) &&
        field.role !== 'updatedAt' &&
        field.role !== 'computed' &&
        !field.isUnique,
    )
    return {
      call: 'insertFromSelect',
      fields: required.map(({ name }) => name),
      keys: [this.#key(model), this.#free(model)],
    }
  }

  /** A key that no row has at the start. */
  #free(model: Model): Row {
    return Object.fromEntries(
      model.id.map((name) => [name, this.#random.pick(fieldOf(model, name).domain.slice(-2))]),
    )
  }

  #upsert(model: Model): Call {
    return { call: 'upsert', rows: [this.#row(model, true)], paths: [...model.id] }
  }

  #loaded(model: Model): { where: Where; throughCache: boolean; options: SaveOptions } {
    return { where: this.#few(model), throughCache: this.#random.chance(0.4), options: this.#saveOptions() }
  }

  #saveLoaded(model: Model): Call {
    const random = this.#random
    const end = model.ends.length > 0 && random.chance(0.6) ? random.pick(model.ends) : undefined
    const change =
      end === undefined ? this.#changes(model) : { ...this.#plainChange(model), ...this.#related(end, 0) }
    return {
      call: 'saveLoaded',
      ...this.#loaded(model),
      relations: end === undefined ? [] : [end.field],
      change,
    }
  }

  #ofLoaded(call: 'remove' | 'softRemove' | 'recover', model: Model): Call {
    return { call, where: this.#key(model), options: this.#saveOptions() }
  }

  #document(model: Model): Call {
    const random = this.#random
    return random.weighted<() => Call>([
      [3, () => ({ call: 'softDelete', where: this.#few(model) })],
      [3, () => ({ call: 'restore', where: this.#few(model) })],
      [1, () => this.#ofLoaded('softRemove', model)],
      [1, () => this.#ofLoaded('recover', model)],
      [1, () => this.#builder('softDeleteBuilder', model)],
      [1, () => this.#builder('restoreBuilder', model)],
      [
        2,
        () => ({
          call: 'saveLoaded',
          ...this.#loaded(model),
          relations: [],
          change: { meta: { title: random.pick(['x', 'y', null]), deep: { size: random.int(0, 3) } } },
        }),
      ],
    ])()
  }

  /** A new leaf, a node that moves with all that is below it, or a node that goes. */
  #tree(model: Model): Call {
    const random = this.#random
    const parent = { [parentEnd(this.#extended.schema, model.name).field]: this.#key(model) }
    const options = this.#saveOptions()
    return random.weighted<() => Call>([
      [4, () => ({ call: 'save', rows: [{ name: 'new', rank: random.int(0, 3), ...parent }], options })],
      [
        4,
        () => ({
          call: 'saveLoaded',
          where: this.#key(model),
          relations: [],
          change: parent,
          throughCache: random.chance(0.4),
          options,
        }),
      ],
      [2, () => this.#ofLoaded('remove', model)],
      [this.#traitOf(model).tree === 'closure-table' ? 8 : 0, () => this.#closureRow()],
    ])()
  }

  #closureRow(): Call {
    const random = this.#random
    return { call: 'closureRow', ancestor: random.int(1, 3), descendant: random.int(1, 3) }
  }

  /** A new rank or name. */
  #plainChange(model: Model): Row {
    const field = fieldOf(model, this.#random.pick(['rank', 'name']))
    return { [field.name]: this.#random.pick(field.domain) }
  }

  #changes(model: Model): Row {
    const random = this.#random
    if (random.chance(0.4)) return this.#plainChange(model)
    const fields = propertiesOf(model).filter(({ role }) => role === 'data' || role === 'foreignKey')
    return Object.fromEntries(
      random.sample(fields, random.int(1, 2)).map((field) => [field.name, this.#value(field)]),
    )
  }

  #rows(model: Model): Row[] {
    return Array.from({ length: this.#random.int(1, 2) }, () => this.#row(model, false))
  }

  /** Rows with what hangs on them. */
  #graphs(model: Model): Row[] {
    const random = this.#random
    const cascading = model.ends.filter((end) => this.#entities.styleOf(end).cascades)
    return this.#rows(model).map((row) => {
      const end = cascading.length > 0 && random.chance(0.6) ? random.pick(cascading) : undefined
      if (end === undefined) return row
      if (!end.ownsKey || end.relation.type !== 'foreignKey') return { ...row, ...this.#related(end, 1) }
      const { columns } = end.relation
      const rest = Object.entries(row).filter(([name]) => !columns.includes(name))
      return { ...Object.fromEntries(rest), ...this.#related(end, 1) }
    })
  }

  /** What a relation is set to: keys of rows that are there, or new rows where it cascades. */
  #related(end: End, depth: number): Row {
    const random = this.#random
    const target = modelOf(this.#extended.schema, end.target)
    const isNew = this.#entities.styleOf(end).cascades && random.chance(0.5)
    const one = (): Row => {
      if (!isNew) return this.#key(target)
      const back = oppositeOf(target, end)
      const skip = back.ownsKey && back.relation.type === 'foreignKey' ? back.relation.columns : []
      const row = Object.entries(this.#row(target, false)).filter(([name]) => !skip.includes(name))
      return Object.fromEntries(row)
    }
    const none = !end.isList && end.optional && random.chance(0.3)
    if (none) return { [end.field]: null }
    return { [end.field]: end.isList ? Array.from({ length: random.int(depth, 2) }, one) : one() }
  }

  #row(model: Model, withKey: boolean): Row {
    const random = this.#random
    const fields = propertiesOf(model).filter((field) => {
      if (['updatedAt', 'special', 'computed'].includes(field.role)) return false
      // What the database fills in.
      if (field.sqlDefault !== undefined && !field.optional && random.chance(0.4)) return false
      return withKey || !(model.hasSequence && field.role === 'id') || random.chance(0.5)
    })
    return Object.fromEntries(fields.map((field) => [field.name, this.#value(field)]))
  }

  #value(field: Field): unknown {
    const absent = field.optional && this.#random.chance(field.role === 'foreignKey' ? 0.5 : 0.3)
    return absent ? null : this.#random.pick(field.domain)
  }
}
