import type {
  Action,
  End,
  Field,
  ForeignKey,
  ManyToMany,
  Model,
  Relation,
  ScalarKind,
  Schema,
  View,
} from './model.js'
import { fieldOf, modelOf } from './model.js'
import { randomFrom, type Random } from './random.js'

/** Reserved words and mixed case on purpose: a scanner that trips over them loses invalidations. */
const NAMES: readonly (readonly [model: string, table: string])[] = [
  ['Author', 'Author'],
  ['Book', 'tbl_book'],
  ['Club', 'Clubs And Co'],
  ['Desk', 'desk'],
  ['Event', 'Event'],
  ['Group', 'group'],
  ['House', 'house'],
  ['Item', 'Items'],
  ['Order', 'order'],
  ['User', 'user'],
]

export const ENUM_VALUES = ['LOW', 'MID', 'HIGH'] as const

const DOMAINS: Record<ScalarKind, readonly unknown[]> = {
  int: [0, 1, 2, 3],
  string: ['ann', 'Ann', 'bob', 'cy', ''],
  boolean: [true, false],
  float: [0.5, 1.5, -2.25],
  decimal: ['1.10', '2.5', '100'],
  dateTime: [new Date('2024-01-01T00:00:00.000Z'), new Date('2024-06-30T23:59:59.123Z')],
  bigint: [5n, 9007199254740993n],
  bytes: [new Uint8Array([0, 1, 255]), new Uint8Array([7])],
  json: [{ a: 1, b: [null, 'x'] }, [1, 2, { deep: true }], 'text', 7],
  enum: ENUM_VALUES,
  strings: [[], ['x'], ['x', 'y']],
  uuid: [],
}

const INT_KEYS = [1, 2, 3, 4, 5, 6, 7]
const TEXT_KEYS = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7']
const CODES = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7']
const COMPOUND_KEYS = [1, 2, 3]

/** How many rows a table starts with; the domains are a little wider, so that some look-ups find nothing. */
export const SEED_ROWS = 5

/** A random schema of five to eight models with every kind of relation. The same seed gives the same schema. */
export function randomSchema(seed: string | number): Schema {
  const random = randomFrom('schema', seed)
  const models = makeModels(random)
  const builder = new RelationBuilder(random, models)
  builder.addAll()
  addScalars(random, models)
  return {
    name: `s${seed}`,
    database: 'postgresql',
    isTiny: false,
    enumName: 'Level',
    models,
    relations: builder.relations,
    views: makeViews(random, models, builder.relations),
  }
}

type KeyShape = 'sequence' | 'int' | 'text' | 'compound'

function makeModels(random: Random): Model[] {
  const shapes: KeyShape[] = ['sequence', 'int', 'text', 'compound', 'sequence']
  const count = random.int(4, 5)
  const names = random.sample(NAMES, count)
  return random
    .sample(shapes.slice(0, count), count)
    .map((shape, index) => makeModel(random, names[index]!, shape))
}

function makeModel(random: Random, [name, table]: readonly [string, string], shape: KeyShape): Model {
  const mapped = random.chance(0.4)
  const key = (
    fieldName: string,
    kind: ScalarKind,
    domain: readonly unknown[],
    attributes: string[],
  ): Field => ({
    ...plainField(fieldName, kind, domain),
    column: mapped ? `${fieldName}_col` : fieldName,
    role: 'id',
    attributes,
  })
  const keys = {
    sequence: () => [key('id', 'int', INT_KEYS, ['@id', '@default(autoincrement())'])],
    int: () => [key('id', 'int', INT_KEYS, ['@id'])],
    text: () => [key('id', 'string', TEXT_KEYS, ['@id'])],
    compound: () => [key('region', 'int', COMPOUND_KEYS, []), key('num', 'int', COMPOUND_KEYS, [])],
  }[shape]()
  const fields: Field[] = [
    ...keys,
    { ...plainField('name', 'string', DOMAINS.string), column: random.chance(0.5) ? 'Name' : 'name' },
    plainField('rank', 'int', DOMAINS.int),
  ]
  if (random.chance(0.7))
    fields.push({ ...plainField('code', 'string', CODES), role: 'code', isUnique: true })
  return {
    name,
    table,
    fields,
    id: keys.map((field) => field.name),
    hasSequence: shape === 'sequence',
    compoundUniques: [],
    ends: [],
  }
}

function plainField(name: string, kind: ScalarKind, domain: readonly unknown[]): Field {
  return { name, column: name, kind, domain, optional: false, attributes: [], isUnique: false, role: 'data' }
}

function addScalars(random: Random, models: readonly Model[]): void {
  const kinds = random.sample(
    [
      'boolean',
      'float',
      'decimal',
      'dateTime',
      'bigint',
      'bytes',
      'json',
      'enum',
      'strings',
      'int',
    ] as ScalarKind[],
    10,
  )
  kinds.forEach((kind, index) => {
    const model = models[index % models.length]!
    model.fields.push({
      ...plainField(`${kind}Value`, kind, DOMAINS[kind]),
      column: random.chance(0.3) ? `${kind}_value` : `${kind}Value`,
      optional: kind !== 'strings' && random.chance(0.6),
    })
  })
  const stamped = random.pick(models)
  stamped.fields.push({
    ...plainField('changedAt', 'dateTime', DOMAINS.dateTime),
    attributes: ['@updatedAt'],
    role: 'updatedAt',
  })
  const paired = random.pick(
    models.filter((model) => model.fields.some((field) => field.role === 'code')).concat(models[0]!),
  )
  if (!paired.compoundUniques.length) paired.compoundUniques.push(['name', 'rank', ...paired.id].slice(0, 3))
}

interface KeyOptions {
  readonly optional: boolean
  readonly onDelete?: Action
  readonly onUpdate?: Action
  readonly oneToOne?: boolean
  /** Refer to the unique `code` of the parent and not to its primary key. */
  readonly byCode?: boolean
}

class RelationBuilder {
  readonly relations: Relation[] = []
  readonly #random: Random
  readonly #models: Model[]

  constructor(random: Random, models: Model[]) {
    this.#random = random
    this.#models = models
  }

  /** Every kind once, between random models; a parent always stands before its child. */
  addAll(): void {
    this.#key({ optional: false, onDelete: 'Cascade' })
    this.#key({ optional: false, onDelete: 'Cascade' })
    this.#key({ optional: true })
    this.#key({ optional: true, onDelete: 'SetNull', onUpdate: 'Cascade' })
    this.#key({ optional: true, onDelete: 'Cascade' })
    this.#key({ optional: this.#random.chance(0.5), onDelete: 'Cascade', oneToOne: true })
    this.#key({ optional: true, oneToOne: true })
    this.#key({ optional: true, byCode: true })
    if (this.#random.chance(0.5)) this.#key({ optional: false })
    if (this.#random.chance(0.5)) this.#key({ optional: true, onDelete: 'Restrict', onUpdate: 'SetNull' })
    if (this.#random.chance(0.3)) this.#key({ optional: true, onDelete: 'NoAction', onUpdate: 'NoAction' })
    this.#twoBetweenTheSame()
    this.#compound()
    this.#selfKey()
    this.#manyToMany()
    this.#selfManyToMany()
    this.#explicitManyToMany()
    const parents = this.#models.filter(({ id, fields }) => id.length === 1 && fields[0]?.kind === 'int')
    // The later a model stands, the fewer keys point at it, and the fewer of its deletes are refused.
    const parent = parents.at(-1)!
    this.#satellite('Note', parent, { optional: true })
    this.#satellite('Mark', parent, { optional: true, onDelete: 'SetDefault' })
  }

  /** A model with one relation: among so many others, this action would never be all that connects two tables. */
  #satellite(name: string, parent: Model, options: KeyOptions): void {
    const satellite = makeModel(this.#random, [name, name.toLowerCase()], 'sequence')
    this.#models.push(satellite)
    this.#add(satellite, parent, options)
  }

  #key(options: KeyOptions): void {
    const candidates = this.#models
      .slice(0, -1)
      .filter((model) => !options.byCode || model.fields.some((field) => field.role === 'code'))
    if (candidates.length === 0) return
    const parent = this.#random.pick(candidates)
    this.#add(this.#random.pick(this.#models.slice(this.#models.indexOf(parent) + 1)), parent, options)
  }

  #twoBetweenTheSame(): void {
    const [parent, child] = [...this.#random.sample(this.#models, 2)].sort(
      (one, other) => this.#models.indexOf(one) - this.#models.indexOf(other),
    ) as [Model, Model]
    this.#add(child, parent, { optional: true })
    this.#add(child, parent, { optional: this.#random.chance(0.7), onDelete: 'Cascade' })
  }

  #compound(): void {
    const parent = this.#models.find((model) => model.id.length === 2)!
    const later = this.#models.slice(this.#models.indexOf(parent) + 1)
    if (later.length > 0) this.#add(this.#random.pick(later), parent, { optional: true })
    else this.#add(parent, parent, { optional: true, onDelete: 'SetNull' })
  }

  #selfKey(): void {
    const model = this.#random.pick(this.#models)
    this.#add(
      model,
      model,
      this.#random.chance(0.5) ? { optional: true, onDelete: 'Cascade' } : { optional: true },
    )
    if (this.#random.chance(0.5)) this.#add(model, model, { optional: true, oneToOne: true })
  }

  #add(child: Model, parent: Model, options: KeyOptions): void {
    const number = this.relations.length + 1
    const references = options.byCode ? ['code'] : parent.id
    const columns = references.map((reference) => `r${number}${capital(reference)}`)
    references.forEach((reference, index) => {
      const source = fieldOf(parent, reference)
      child.fields.push({
        name: columns[index]!,
        column: this.#random.chance(0.3) ? `r${number}_${reference}` : columns[index]!,
        kind: source.kind,
        optional: options.optional,
        attributes: options.onDelete === 'SetDefault' ? ['@default(1)'] : [],
        isUnique: options.oneToOne === true && references.length === 1,
        domain: source.domain,
        role: 'foreignKey',
        ...(options.onDelete === 'SetDefault' ? { sqlDefault: '1' } : {}),
      })
    })
    if (options.oneToOne && references.length > 1) child.compoundUniques.push(columns)
    const relation: ForeignKey = {
      type: 'foreignKey',
      name: `R${number}`,
      child: child.name,
      parent: parent.name,
      columns,
      references,
      optional: options.optional,
      oneToOne: options.oneToOne === true,
      onDelete: options.onDelete,
      onUpdate: options.onUpdate,
    }
    this.relations.push(relation)
    const end = { relation, optional: options.optional }
    child.ends.push({
      ...end,
      field: `r${number}`,
      model: child.name,
      target: parent.name,
      isList: false,
      ownsKey: true,
    })
    parent.ends.push({
      ...end,
      field: `r${number}${options.oneToOne ? 'Back' : 'List'}`,
      model: parent.name,
      target: child.name,
      isList: !options.oneToOne,
      ownsKey: false,
    })
  }

  #manyToMany(): void {
    const single = this.#models.filter((model) => model.id.length === 1)
    const [a, b] = this.#random.sample(single, 2).sort((one, other) => (one.name < other.name ? -1 : 1)) as [
      Model,
      Model,
    ]
    this.#addManyToMany(a, b)
  }

  #selfManyToMany(): void {
    const model = this.#random.pick(this.#models.filter((candidate) => candidate.id.length === 1))
    this.#addManyToMany(model, model)
  }

  #addManyToMany(a: Model, b: Model): void {
    const number = this.relations.length + 1
    const relation: ManyToMany = { type: 'manyToMany', name: `M${number}`, a: a.name, b: b.name }
    this.relations.push(relation)
    const end = (from: Model, to: Model, suffix: string): End => ({
      field: `m${number}${suffix}`,
      model: from.name,
      target: to.name,
      relation,
      isList: true,
      ownsKey: false,
      optional: true,
    })
    a.ends.push(end(a, b, 'A'))
    b.ends.push(end(b, a, 'B'))
  }

  #explicitManyToMany(): void {
    const [a, b] = this.#random.sample(
      this.#models.filter((model) => model.id.length === 1),
      2,
    ) as [Model, Model]
    const link: Model = {
      name: 'Link',
      table: 'link_table',
      fields: [],
      id: [`r${this.relations.length + 1}Id`, `r${this.relations.length + 2}Id`],
      hasSequence: false,
      compoundUniques: [],
      ends: [],
    }
    this.#models.push(link)
    this.#add(link, a, { optional: false, onDelete: 'Cascade' })
    this.#add(link, b, { optional: false, onDelete: 'Cascade' })
    link.fields.push(plainField('rank', 'int', DOMAINS.int), plainField('name', 'string', DOMAINS.string))
  }
}

function makeViews(random: Random, models: readonly Model[], relations: readonly Relation[]): View[] {
  const candidates = relations.filter((relation): relation is ForeignKey => {
    if (relation.type !== 'foreignKey' || relation.child === relation.parent) return false
    return modelOf({ models } as Schema, relation.parent).id.length === 1 && relation.references.length === 1
  })
  const { parent, child, columns, references } = random.pick(candidates)
  const key = fieldOf(modelOf({ models } as Schema, parent), 'id')
  return [
    {
      name: 'Summary',
      table: 'summary_view',
      fields: [
        { ...plainField('id', key.kind, key.domain), isUnique: true },
        plainField('name', 'string', DOMAINS.string),
        plainField('total', 'bigint', [0n, 1n, 2n]),
      ],
      sources: [parent, child],
      template:
        `SELECT p.{${parent}.id} AS "id", p.{${parent}.name} AS "name", count(c.{${child}.${columns[0]!}}) AS "total" ` +
        `FROM {${parent}} p LEFT JOIN {${child}} c ON c.{${child}.${columns[0]!}} = p.{${parent}.${references[0]!}} ` +
        `GROUP BY p.{${parent}.id}, p.{${parent}.name}`,
    },
  ]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
