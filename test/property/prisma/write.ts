import { fieldOf, modelOf, type End, type Field, type Model, type Schema } from '../model.js'
import type { Random } from '../random.js'
import { randomWhere, uniqueWhere, usualOr, type Args, type Deciding } from './read.js'

/** One call that writes through a model, as data. */
export interface ModelWrite {
  readonly kind: 'model'
  readonly model: string
  readonly operation: WriteOperation
  readonly args: Args
}

type WriteOperation =
  | 'create'
  | 'createMany'
  | 'createManyAndReturn'
  | 'update'
  | 'updateMany'
  | 'updateManyAndReturn'
  | 'upsert'
  | 'delete'
  | 'deleteMany'

/** A random write through a model, with nested writes up to three levels deep. */
export function randomModelWrite(schema: Schema, model: Model, random: Random): ModelWrite {
  return new WriteMaker(schema, random).make(model)
}

/** A write that hardly ever fails, for the inside of transactions. */
export function robustModelWrite(schema: Schema, model: Model, random: Random): ModelWrite {
  return new WriteMaker(schema, random).makeRobust(model)
}

/**
 * A write that changes which rows belong together along a relation, and as little else as possible: no row of
 * either model for a many-to-many relation, the foreign keys alone for the others.
 */
export function relationWrite(schema: Schema, end: End, random: Random): ModelWrite {
  const { relation } = end
  if (relation.type === 'manyToMany') {
    const target = modelOf(schema, end.target)
    const few = Array.from({ length: random.int(1, 2) }, () => keyWhere(target, random))
    const change = random.pick([
      { connect: few },
      { connect: few },
      { disconnect: few },
      { set: few },
      { set: [] },
    ])
    const data = { [end.field]: change }
    const where = keyWhere(modelOf(schema, end.model), random)
    return { kind: 'model', model: end.model, operation: 'update', args: { where, data } }
  }
  const child = modelOf(schema, relation.child)
  const absent = relation.optional && random.chance(0.3)
  const data = Object.fromEntries(
    relation.columns.map((name) => [
      name,
      absent ? null : random.pick(fieldOf(child, name).domain.slice(0, 3)),
    ]),
  )
  const where = relation.oneToOne || random.chance(0.6) ? keyFilter(child, random) : {}
  return { kind: 'model', model: child.name, operation: 'updateMany', args: { where, data } }
}

/** A new value for one column of one row, one row more or one row less: what an application writes most. */
export function pointWrite(schema: Schema, model: Model, random: Random): ModelWrite {
  const base = { kind: 'model', model: model.name } as const
  const where = random.chance(0.6) ? uniqueKey(model, random) : uniqueWhere(model, random)
  const field = random.pick(
    model.fields.filter(({ role }) => role === 'data' || role === 'foreignKey' || role === 'code'),
  )
  const data = { [field.name]: change(field, random) }
  const rank = { rank: random.pick([{ increment: 1 }, 0, 1, 2]) }
  const maker = new WriteMaker(schema, random)
  return random.weighted<() => ModelWrite>([
    [6, () => ({ ...base, operation: 'update', args: { where, data: rank } })],
    [5, () => ({ ...base, operation: 'update', args: { where, data, select: { [model.id[0]!]: true } } })],
    [3, () => ({ ...base, operation: 'updateMany', args: { where: flat(where), data } })],
    [2, () => ({ ...base, operation: 'updateMany', args: { where: scalarOnlyWhere(model, random), data } })],
    [3, () => ({ ...base, operation: 'create', args: { data: maker.row(model) } })],
    [3, () => ({ ...base, operation: 'delete', args: { where } })],
    [2, () => ({ ...base, operation: 'upsert', args: { where, create: maker.row(model), update: data } })],
  ])()
}

/** Changes what rows are counted by, come in order by or are told apart by, and names them by their key alone. */
export function decidingWrite(schema: Schema, { model, by }: Deciding, random: Random): ModelWrite {
  return by === 'rank' ? rankWrite(model, random) : setWrite(schema, model, random)
}

function rankWrite(model: Model, random: Random): ModelWrite {
  const base = { kind: 'model', model: model.name } as const
  const where = uniqueKey(model, random)
  const data = { rank: random.pick([{ increment: 1 }, { increment: 1 }, { decrement: 1 }, 0, 1, 2]) }
  return random.weighted<() => ModelWrite>([
    [4, () => ({ ...base, operation: 'update', args: { where, data } })],
    [2, () => ({ ...base, operation: 'update', args: { where, data, select: { [model.id[0]!]: true } } })],
    [2, () => ({ ...base, operation: 'updateMany', args: { where: flat(where), data } })],
    [2, () => ({ ...base, operation: 'updateMany', args: { where: { rank: random.int(0, 2) }, data } })],
    [
      1,
      () => ({ ...base, operation: 'updateMany', args: { where: { rank: { gt: random.int(0, 2) } }, data } }),
    ],
  ])()
}

/** Moves a row from one set to another, or removes it, by its key or with what it references. */
function setWrite(schema: Schema, model: Model, random: Random): ModelWrite {
  const base = { kind: 'model', model: model.name } as const
  const where = uniqueKey(model, random)
  const select = random.chance(0.5) ? { select: { [model.id[0]!]: true } } : {}
  const references = model.ends.filter(({ ownsKey }) => ownsKey)
  const parent = references.length > 0 ? modelOf(schema, random.pick(references).target) : model
  const [field] = random.sample(
    model.fields.filter(({ role }) => role === 'foreignKey'),
    1,
  )
  const data = field && { [field.name]: random.pick(field.domain.slice(0, 3)) }
  return random.weighted<() => ModelWrite>([
    [data ? 4 : 0, () => ({ ...base, operation: 'update', args: { where, data, ...select } })],
    [2, () => ({ ...base, operation: 'delete', args: { where, ...select } })],
    [2, () => ({ ...base, operation: 'deleteMany', args: { where: flat(where) } })],
    [
      2,
      () => ({
        ...base,
        model: parent.name,
        operation: 'deleteMany',
        args: { where: keyWhere(parent, random) },
      }),
    ],
  ])()
}

/** Takes rows out of their sets, each by its key: into that of other values, or altogether. */
export function leavingWrite(model: Model, data: Args, random: Random): ModelWrite {
  const base = { kind: 'model', model: model.name } as const
  const where = uniqueKey(model, random)
  const id = fieldOf(model, model.id[0]!)
  const most = { [id.name]: { in: random.sample(id.domain.slice(0, 5), 4) } }
  return random.weighted<() => ModelWrite>([
    [2, () => ({ ...base, operation: 'update', args: { where, data } })],
    [2, () => ({ ...base, operation: 'delete', args: { where } })],
    [4, () => ({ ...base, operation: 'updateMany', args: { where: most, data } })],
    [2, () => ({ ...base, operation: 'deleteMany', args: { where: most } })],
  ])()
}

/** A compound key's columns stand side by side where any condition may stand. */
function flat(where: Args): Args {
  const [value] = Object.values(where)
  return typeof value === 'object' && value !== null && Object.keys(where)[0]!.includes('_')
    ? (value as Args)
    : where
}

/** The primary key of a row that is probably there. */
function uniqueKey(model: Model, random: Random): Args {
  const key = keyWhere(model, random)
  return model.id.length === 1 ? key : { [model.id.join('_')]: key }
}

/** A new rank or name for all rows or a few. */
export function plainWrite(model: Model, random: Random): ModelWrite {
  const field = fieldOf(model, random.pick(['rank', 'name']))
  const where = random.chance(0.5) ? {} : keyFilter(model, random)
  const data = { [field.name]: random.pick(field.domain) }
  return { kind: 'model', model: model.name, operation: 'updateMany', args: { where, data } }
}

/** A delete of one row or a new value for a key of one row: what foreign keys carry on to other tables. */
export function keyWrite(model: Model, random: Random): ModelWrite {
  const where = keyWhere(model, random)
  if (random.chance(0.65))
    return { kind: 'model', model: model.name, operation: 'deleteMany', args: { where } }
  const keys = model.fields.filter(({ role }) => role === 'id' || role === 'code')
  const field = keys.length > 0 ? random.pick(keys) : fieldOf(model, model.id[0]!)
  // Values that no row has at the start, so that they fit.
  const data = { [field.name]: random.pick(field.domain.slice(-2)) }
  return { kind: 'model', model: model.name, operation: 'updateMany', args: { where, data } }
}

/** A primary key that is there at the start of an episode. */
function keyWhere(model: Model, random: Random): Args {
  return Object.fromEntries(
    model.id.map((name) => [name, random.pick(fieldOf(model, name).domain.slice(0, 5))]),
  )
}

class WriteMaker {
  readonly #schema: Schema
  readonly #random: Random

  constructor(schema: Schema, random: Random) {
    this.#schema = schema
    this.#random = random
  }

  /** A row whose foreign keys stand by value. */
  row(model: Model): Args {
    return this.#uncheckedScalars(model, [])
  }

  make(model: Model): ModelWrite {
    // What answers the rows of many is PostgreSQL's alone.
    const answers = this.#schema.database === 'postgresql' ? 1 : 0
    const operation = this.#random.weighted<WriteOperation>([
      [5, 'create'],
      [2, 'createMany'],
      [answers, 'createManyAndReturn'],
      [9, 'update'],
      [3, 'updateMany'],
      [answers, 'updateManyAndReturn'],
      [3, 'upsert'],
      [3, 'delete'],
      [1, 'deleteMany'],
    ])
    return { kind: 'model', model: model.name, operation, args: this.#args(model, operation) }
  }

  makeRobust(model: Model): ModelWrite {
    const random = this.#random
    const kinds = ['updateMany', 'updateManyAndReturn', 'createMany', 'upsert'] as const
    const kind = random.pick(
      this.#schema.database === 'postgresql' ? kinds : kinds.filter((name) => !name.endsWith('Return')),
    )
    const data = scalarChanges(model, random, 2, ['data'])
    const args: Record<typeof kind, () => Args> = {
      updateMany: () =>
        random.chance(0.6) ? { data } : { where: randomWhere(this.#schema, model, 1, random), data },
      updateManyAndReturn: () => ({ data }),
      createMany: () => ({ data: this.#rows(model), skipDuplicates: true }),
      upsert: () => this.#nativeUpsert(model),
    }
    return { kind: 'model', model: model.name, operation: kind, args: args[kind]() }
  }

  #args(model: Model, operation: WriteOperation): Args {
    const random = this.#random
    switch (operation) {
      case 'create':
        return { data: this.#create(model, undefined, 2), ...this.#result(model) }
      case 'createMany':
        return { data: this.#rows(model), ...(random.chance(0.5) ? { skipDuplicates: true } : {}) }
      case 'createManyAndReturn':
        return { data: this.#rows(model), skipDuplicates: true }
      case 'update':
        return {
          where: uniqueWhere(model, random),
          data: this.#update(model, undefined, 2),
          ...this.#result(model),
        }
      case 'updateMany':
        return {
          where: randomWhere(this.#schema, model, 2, random),
          data: scalarChanges(model, random, 2, ['data', 'foreignKey']),
          ...(random.chance(0.1) ? { limit: 1 } : {}),
        }
      case 'updateManyAndReturn':
        return {
          where: randomWhere(this.#schema, model, 1, random),
          data: scalarChanges(model, random, 2, ['data']),
        }
      case 'upsert':
        return random.chance(0.5) ? this.#nativeUpsert(model) : this.#upsert(model)
      case 'delete':
        return { where: uniqueWhere(model, random), ...this.#result(model) }
      case 'deleteMany':
        return { where: { AND: [randomWhere(this.#schema, model, 1, random), keyFilter(model, random)] } }
    }
  }

  #result(model: Model): Args {
    const random = this.#random
    if (random.chance(0.6) || model.ends.length === 0) return {}
    if (random.chance(0.4)) return { select: { [random.pick(model.fields).name]: true } }
    return { include: { [random.pick(model.ends).field]: true } }
  }

  #rows(model: Model): Args[] {
    return Array.from({ length: this.#random.int(1, 3) }, () => this.#uncheckedScalars(model, []))
  }

  /** `create` of a record, below `parent` when nested, whose keys the nesting itself fills in. */
  #create(model: Model, from: End | undefined, depth: number): Args {
    const back = from ? this.#opposite(from) : undefined
    // A record that owns its keys by value cannot also connect by relation: Prisma takes one form or the other.
    const byValue = this.#random.chance(0.5)
    const scalars = byValue
      ? this.#uncheckedScalars(model, back?.ownsKey ? keyColumns(back) : [])
      : this.#checkedScalars(model)
    const ends = model.ends.filter((end) => end !== back && !(byValue && end.ownsKey))
    const required = ends.filter((end) => end.ownsKey && !end.optional)
    const extra =
      depth > 0
        ? this.#random.sample(
            ends.filter((end) => !required.includes(end)),
            this.#random.int(0, 2),
          )
        : []
    const relations = [...required, ...extra].map((end) => [end.field, this.#createRelation(end, depth - 1)])
    return { ...scalars, ...Object.fromEntries(relations) }
  }

  #createRelation(end: End, depth: number): Args {
    const random = this.#random
    const target = modelOf(this.#schema, end.target)
    const many = <T>(make: () => T): T | T[] => (end.isList && random.chance(0.4) ? [make(), make()] : make())
    const kind = random.weighted<'connect' | 'create' | 'connectOrCreate' | 'createMany'>([
      [5, 'connect'],
      [depth > 0 ? 3 : 0, 'create'],
      [depth > 0 ? 2 : 0, 'connectOrCreate'],
      [end.isList && end.relation.type === 'foreignKey' ? 2 : 0, 'createMany'],
    ])
    const choices: Record<typeof kind, () => unknown> = {
      connect: () => many(() => uniqueWhere(target, random)),
      create: () => many(() => this.#create(target, end, depth)),
      connectOrCreate: () => ({
        where: uniqueWhere(target, random),
        create: this.#create(target, end, depth),
      }),
      createMany: () => this.#nestedCreateMany(end, target),
    }
    return { [kind]: choices[kind]() }
  }

  #nestedCreateMany(end: End, target: Model): Args {
    const skip = keyColumns(this.#opposite(end))
    const data = Array.from({ length: this.#random.int(1, 2) }, () => this.#uncheckedScalars(target, skip))
    return { data, skipDuplicates: this.#random.chance(0.7) }
  }

  #update(model: Model, from: End | undefined, depth: number): Args {
    const random = this.#random
    const back = from ? this.#opposite(from) : undefined
    const byValue = random.chance(0.4)
    const roles: Field['role'][] = byValue ? ['data', 'code', 'id', 'foreignKey'] : ['data', 'code']
    const skip = back?.ownsKey ? keyColumns(back) : []
    const scalars = random.chance(0.8) ? scalarChanges(model, random, 2, roles, skip) : {}
    const ends = model.ends.filter((end) => end !== back && !(byValue && end.ownsKey))
    const chosen =
      depth > 0
        ? random.sample(
            ends,
            random.weighted([
              [3, 0],
              [5, 1],
              [2, 2],
            ]),
          )
        : []
    return {
      ...scalars,
      ...Object.fromEntries(chosen.map((end) => [end.field, this.#updateRelation(end, depth - 1)])),
    }
  }

  #updateRelation(end: End, depth: number): Args {
    return end.isList ? this.#updateList(end, depth) : this.#updateOne(end, depth)
  }

  #updateOne(end: End, depth: number): Args {
    const random = this.#random
    const target = modelOf(this.#schema, end.target)
    const choices: [number, () => Args][] = [
      [4, () => ({ connect: uniqueWhere(target, random) })],
      [2, () => ({ create: this.#create(target, end, depth) })],
      [
        2,
        () => ({
          connectOrCreate: { where: uniqueWhere(target, random), create: this.#create(target, end, depth) },
        }),
      ],
      [3, () => ({ update: this.#update(target, end, depth) })],
      [1, () => ({ update: { where: { rank: { gte: 1 } }, data: this.#update(target, end, depth) } })],
      [
        2,
        () => ({
          upsert: { create: this.#create(target, end, depth), update: this.#update(target, end, depth) },
        }),
      ],
      [end.optional ? 3 : 0, () => ({ disconnect: true })],
      [end.optional || !end.ownsKey ? 1 : 0, () => ({ delete: true })],
    ]
    return random.weighted(choices)()
  }

  #updateList(end: End, depth: number): Args {
    const random = this.#random
    const target = modelOf(this.#schema, end.target)
    const where = (): Args => uniqueWhere(target, random)
    const free = (): Args => scalarOnlyWhere(target, random)
    const isKey = end.relation.type === 'foreignKey'
    const few = (): Args[] => Array.from({ length: random.int(0, 2) }, where)
    const choices: [number, () => Args][] = [
      [5, () => ({ connect: [where(), where()] })],
      [2, () => ({ create: [this.#create(target, end, depth)] })],
      [isKey ? 1 : 0, () => ({ createMany: this.#nestedCreateMany(end, target) })],
      [2, () => ({ connectOrCreate: { where: where(), create: this.#create(target, end, depth) } })],
      [end.optional ? 4 : 0, () => ({ set: few() })],
      [end.optional ? 3 : 0, () => ({ disconnect: [where(), where()] })],
      [end.optional ? 1 : 0, () => ({ disconnect: [where()], connect: [where()] })],
      [2, () => ({ update: { where: where(), data: this.#update(target, end, depth) } })],
      [3, () => ({ updateMany: { where: free(), data: scalarChanges(target, random, 1, ['data']) } })],
      [
        2,
        () => ({
          upsert: {
            where: where(),
            create: this.#create(target, end, depth),
            update: this.#update(target, end, depth),
          },
        }),
      ],
      [1, () => ({ delete: where() })],
      [1, () => ({ deleteMany: [free()] })],
    ]
    return random.weighted(choices)()
  }

  /** An upsert that Prisma sends as one INSERT … ON CONFLICT: the same key in `where` and `create`, nothing nested. */
  #nativeUpsert(model: Model): Args {
    const create = this.#uncheckedScalars(model, [], true)
    const key = Object.fromEntries(model.id.map((name) => [name, create[name]]))
    return {
      where: model.id.length === 1 ? key : { [model.id.join('_')]: key },
      create,
      update: scalarChanges(model, this.#random, 2, ['data']),
    }
  }

  #upsert(model: Model): Args {
    return {
      where: uniqueWhere(model, this.#random),
      create: this.#create(model, undefined, 2),
      update: this.#update(model, undefined, 2),
      ...this.#result(model),
    }
  }

  /** All scalars with foreign keys by value. A sequence's key is left out half the time. */
  #uncheckedScalars(model: Model, skip: readonly string[], withKey = false): Args {
    const fields = model.fields.filter((field) => {
      if (skip.includes(field.name) || isAutomatic(field)) return false
      return withKey || !(model.hasSequence && field.role === 'id') || this.#random.chance(0.5)
    })
    return Object.fromEntries(fields.flatMap((field) => this.#value(field)))
  }

  /** Scalars of the form that connects by relation; it has no place for keys that a sequence makes. */
  #checkedScalars(model: Model): Args {
    const relational = new Set(model.ends.filter((end) => end.ownsKey).flatMap(keyColumns))
    const fields = model.fields.filter(
      (field) =>
        !isAutomatic(field) && !(model.hasSequence && field.role === 'id') && !relational.has(field.name),
    )
    return Object.fromEntries(fields.flatMap((field) => this.#value(field)))
  }

  #value(field: Field): [string, unknown][] {
    // What the database fills in.
    if (field.sqlDefault !== undefined && !field.optional && this.#random.chance(0.4)) return []
    const absent = field.optional && this.#random.chance(field.role === 'foreignKey' ? 0.5 : 0.3)
    if (absent && (field.kind === 'json' || this.#random.chance(0.5))) return []
    return [[field.name, absent ? null : this.#random.pick(field.domain)]]
  }

  #opposite(end: End): End {
    const candidates = modelOf(this.#schema, end.target).ends.filter(
      (other) => other.relation === end.relation,
    )
    const opposite = candidates.find((other) => other.field !== end.field || candidates.length === 1)
    if (!opposite) throw new Error(`The relation field ${end.model}.${end.field} has no opposite.`)
    return opposite
  }
}

function isAutomatic({ role }: Field): boolean {
  return role === 'updatedAt' || role === 'computed'
}

function keyColumns(end: End): readonly string[] {
  return end.relation.type === 'foreignKey' ? end.relation.columns : []
}

/** Changes of one to `most` scalars among fields of these roles. */
function scalarChanges(
  model: Model,
  random: Random,
  most: number,
  roles: readonly Field['role'][],
  skip: readonly string[] = [],
): Args {
  const linked = model.ends.filter((end) => end.ownsKey).flatMap(keyColumns)
  const fields = model.fields.filter((field) => {
    // A key column of the primary key counts as a foreign key here: only writes by value may name it.
    const role = linked.includes(field.name) ? 'foreignKey' : field.role
    return roles.includes(role) && !skip.includes(field.name)
  })
  if (fields.length === 0) return {}
  // What most reads show, filter and sort by, alone: then nothing else about the row can give it away.
  if (random.chance(0.5)) {
    const field = usualOr(fields, 1, random)
    return { [field.name]: change(field, random) }
  }
  return Object.fromEntries(
    random.sample(fields, random.int(1, most)).map((field) => [field.name, change(field, random)]),
  )
}

function change(field: Field, random: Random): unknown {
  if (field.kind === 'int' && field.role === 'data' && random.chance(0.3)) return { increment: 1 }
  if (field.kind === 'strings' && random.chance(0.4)) return { push: 'z' }
  if (field.optional && field.kind !== 'json' && random.chance(0.25)) return null
  const value = random.pick(field.domain)
  return random.chance(0.2) && field.kind !== 'json' ? { set: value } : value
}

function keyFilter(model: Model, random: Random): Args {
  const field = fieldOf(model, model.id[0]!)
  return { [field.name]: { in: random.sample(field.domain, 2) } }
}

function scalarOnlyWhere(model: Model, random: Random): Args {
  return random.chance(0.5) ? { rank: { gte: random.int(0, 2) } } : keyFilter(model, random)
}
