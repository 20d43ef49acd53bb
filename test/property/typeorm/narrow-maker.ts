import { Between, In, LessThan, LessThanOrEqual, MoreThan, type ObjectLiteral } from 'typeorm'
import type { Maker } from '../maker.js'
import { modelOf, type ManyToMany } from '../model.js'
import { CODES, ITEMS, LABELS, LINES, OWNERS, RANKS, itemOf, more } from '../narrow-schema.js'
import { untoldMove } from '../narrow-raw.js'
import type { Random } from '../random.js'
import { rawJoinRow, randomRaw } from '../raw.js'
import { Swarm } from '../swarm.js'
import type { Entities } from './entities.js'
import type { ExtendedSchema } from './extras.js'
import { TypeormMaker } from './maker.js'
import type { BuilderRead, FindOptions, FindRead, TypeormRead, Where } from './read.js'
import type { Call, TypeormWrite } from './write.js'

/** The questions and writes of the narrow schema. Each may tell something of what another one asks. */
export class NarrowTypeormMaker extends TypeormMaker implements Maker {
  readonly #extended: ExtendedSchema
  /** The properties that lead from items to labels, and back. */
  readonly #labels: string
  readonly #items: string
  readonly #entities: Entities
  readonly #swarm: Swarm
  readonly #codes: readonly string[]

  constructor(extended: ExtendedSchema, entities: Entities, swarm = new Swarm()) {
    super(extended, entities)
    this.#extended = extended
    this.#entities = entities
    this.#swarm = swarm
    this.#codes = swarm.some('codes', CODES)
    const along = (model: string) =>
      modelOf(extended.schema, model).ends.find(({ relation }) => relation.type === 'manyToMany')!.field
    this.#labels = along('Item')
    this.#items = along('Label')
  }

  ofEpisode(random: Random): Maker {
    return new NarrowTypeormMaker(this.#extended, this.#entities, new Swarm(random))
  }

  override read(random: Random): TypeormRead {
    return this.#swarm.weighted<() => TypeormRead>(random, 'reads', [
      [9, () => this.#ofRank(random)],
      [8, () => this.#ofSet(random)],
      [9, () => this.#ofLabel(random)],
      [4, () => this.#ofCode(random)],
      [4, () => this.#ofLines(random)],
    ])()
  }

  override relative(_read: TypeormRead, random: Random): TypeormRead {
    return this.read(random)
  }

  sibling(_read: TypeormRead, random: Random): TypeormRead {
    return this.read(random)
  }

  decidingWrite(asked: TypeormRead, random: Random): TypeormWrite {
    const text = JSON.stringify(asked)
    const isOfLabels = text.includes(this.#labels) || text.includes(this.#items)
    const isOfRanks = text.includes('m.rank')
    return random.weighted<() => TypeormWrite>([
      [isOfLabels ? 6 : 0, () => this.#ofJoins(random)],
      [isOfRanks ? 4 : 0, () => this.#ofManyItems(random)],
      [3, () => this.modelWrite(undefined, random)],
    ])()
  }

  set(random: Random): ReturnType<NonNullable<Maker['set']>> {
    const ownerId = random.pick(OWNERS)
    return {
      counted: count(random, { wheres: [['m.ownerId = :ownerId', { ownerId }]] }),
      shown: find(random, { where: { ownerId }, order: byKey, take: more(random) }),
      write: this.#ofItem(random),
    }
  }

  override modelWrite(_model: unknown, random: Random): TypeormWrite {
    return this.#swarm.weighted<() => TypeormWrite>(random, 'writes', [
      [10, () => this.#ofItem(random)],
      [5, () => this.#ofManyItems(random)],
      [4, () => this.#ofOthers(random)],
      [4, () => this.#ofJoins(random)],
      [3, () => ({ kind: 'raw', way: 'query', raw: untoldMove(this.#extended.schema, random) })],
      [1, () => this.#raw(random)],
    ])()
  }

  override robustWrite(_model: unknown, random: Random): TypeormWrite {
    return this.modelWrite(undefined, random)
  }

  override plainWrite(_model: unknown, random: Random): TypeormWrite {
    return this.#ofManyItems(random)
  }

  override pointWrite(_model: unknown, random: Random): TypeormWrite {
    return this.modelWrite(undefined, random)
  }

  override keyWrite(_model: unknown, random: Random): TypeormWrite {
    return this.modelWrite(undefined, random)
  }

  override relationWrite(_end: unknown, random: Random): TypeormWrite {
    return this.#ofJoins(random)
  }

  #raw(random: Random): TypeormWrite {
    const { schema } = this.#extended
    return { kind: 'raw', way: 'query', raw: randomRaw(schema, random.pick(schema.models), random, false) }
  }

  /** Items by a label, of which the label itself tells whose key it is, and labels with their items. */
  #ofLabel(random: Random): TypeormRead {
    const [one, other] = random.sample(this.#codes, 2) as [string, string]
    const first = [['innerJoin', `m.${this.#labels}`, 'j0']] as const
    const both = [...first, ['innerJoin', `m.${this.#labels}`, 'j1']] as const
    const joined = this.#swarm.weighted<Parts>(random, 'label', [
      [6, { joins: first, wheres: [['j0.code = :one', { one }]] }],
      [1, { joins: first, wheres: [['j0.id = :label', { label: random.pick(LABELS) }]] }],
      [3, { joins: both, wheres: [['j0.code = :one AND j1.code = :other', { one, other }]] }],
      [1, { joins: first, wheres: [['j0.code IN (:...codes)', { codes: [one, other] }]] }],
      [1, { joins: first, wheres: [['j0.code = :one', { one }], boundOf(random)] }],
    ])
    const direction = random.pick(['ASC', 'DESC'] as const)
    const order = [
      ['m.rank', direction],
      ['m.id', 'ASC'],
    ] as const
    const label: Where = { code: one }
    return this.#swarm.weighted<() => TypeormRead>(random, 'of label', [
      [4, () => many(random, { ...joined, order, page: { take: random.int(1, 3) } })],
      [1, () => many(random, { ...joined, order, page: { skip: 1, take: 2 } })],
      [
        2,
        () =>
          raw(random, { ...joined, order, select: ['m.id', 'm.rank'], page: { limit: random.int(1, 2) } }),
      ],
      [3, () => count(random, joined)],
      [3, () => findOne(random, { where: label }, 'Label')],
      [
        1,
        () =>
          findOne(
            random,
            { where: label, relations: { [this.#items]: true }, relationLoadStrategy: 'join' },
            'Label',
          ),
      ],
      [
        3,
        () =>
          findOne(random, {
            where: { id: random.pick(ITEMS) },
            relations: { [this.#labels]: true },
            relationLoadStrategy: 'join',
          }),
      ],
      [
        2,
        () =>
          find(random, {
            order: byKey,
            relations: { [this.#labels]: true },
            relationLoadStrategy: random.pick(['join', 'query']),
          }),
      ],
    ])()
  }

  /** Which items have which labels. */
  #ofJoins(random: Random): TypeormWrite {
    // Of several, one that is joined already makes the whole statement fail.
    const labels = random.sample(LABELS, random.pick([1, 1, 1, 2])).map((id) => ({ id }))
    const items = random.sample(ITEMS, random.pick([1, 1, 1, 2])).map((id) => ({ id }))
    const call = random.pick(['relationAdd', 'relationRemove'] as const)
    const item = { id: random.pick(ITEMS) }
    const relation = this.#extended.schema.relations.find(({ type }) => type === 'manyToMany') as ManyToMany
    return this.#swarm.weighted<() => TypeormWrite>(random, 'joins', [
      [4, () => write('Item', { call, field: this.#labels, of: item, keys: labels })],
      [2, () => write('Label', { call, field: this.#items, of: { id: random.pick(LABELS) }, keys: items })],
      [
        2,
        () =>
          write('Item', {
            call: 'save',
            rows: [{ ...itemOf(random), ...item, [this.#labels]: labels }],
            options: {},
          }),
      ],
      [3, () => ({ kind: 'raw', way: 'query', raw: rawJoinRow(this.#extended.schema, relation, random) })],
    ])()
  }

  /** Pages, counts of those above or below, and what all items have. */
  #ofRank(random: Random): TypeormRead {
    const direction = random.pick(['ASC', 'DESC'] as const)
    const order = [
      ['m.rank', direction],
      ['m.id', 'ASC'],
    ] as const
    const wheres = [boundOf(random)]
    const page = random.pick([{ take: random.int(1, 3) }, { skip: random.int(1, 2), take: random.int(1, 2) }])
    return this.#swarm.weighted<() => TypeormRead>(random, 'of rank', [
      [3, () => many(random, { order, page })],
      [1, () => raw(random, { order, select: ['m.id', 'm.rank'], page: { limit: random.int(1, 3) } })],
      [2, () => count(random, { wheres })],
      [1, () => many(random, { wheres, order: [['m.id', 'ASC']] })],
      [3, () => find(random, { order: byKey, take: more(random) })],
      [2, () => findOne(random, { where: { id: random.pick(ITEMS) } })],
    ])()
  }

  /** Whose items there are, how many, and what they come to. */
  #ofSet(random: Random): TypeormRead {
    const [ownerId, buyerId, another] = [random.pick(OWNERS), random.pick(OWNERS), random.pick(OWNERS)]
    const [where, wheres] = this.#swarm.weighted<readonly [Where, BuilderRead['wheres']]>(random, 'set', [
      [4, [{ ownerId }, [['m.ownerId = :ownerId', { ownerId }]]]],
      [2, [{ buyerId }, [['m.buyerId = :buyerId', { buyerId }]]]],
      [
        2,
        [
          { ownerId, buyerId },
          [
            ['m.ownerId = :ownerId', { ownerId }],
            ['m.buyerId = :buyerId', { buyerId }],
          ],
        ],
      ],
      [
        1,
        [
          { ownerId: In([ownerId, another]) },
          [['m.ownerId IN (:...owners)', { owners: [ownerId, another] }]],
        ],
      ],
    ])
    const field = random.pick(['itemOfOwner', 'itemOfBuyer'])
    return this.#swarm.weighted<() => TypeormRead>(random, 'of set', [
      [3, () => count(random, { wheres })],
      [2, () => raw(random, { wheres, select: ['AVG(m.rank)', 'COUNT(*)'] }, 'getRawOne')],
      [
        1,
        () =>
          raw(random, {
            wheres,
            select: ['m.rank', 'COUNT(*)'],
            groupBy: 'm.rank',
            order: [['m.rank', 'ASC']],
          }),
      ],
      [3, () => find(random, { where, order: byKey, take: more(random) })],
      [
        3,
        () =>
          many(
            random,
            {
              joins: [['leftJoinAndSelect', `m.${field}`, 'j0']],
              wheres: [['m.id = :ownerId', { ownerId }]],
              order: [['j0.id', 'ASC']],
            },
            'Owner',
          ),
      ],
      [1, () => findOne(random, { where: { id: ownerId } }, 'Owner')],
    ])()
  }

  /** Items by their owner's code, of which the owner itself tells whose key it is. */
  #ofCode(random: Random): TypeormRead {
    const code = random.pick(this.#codes)
    const joined: Parts = {
      joins: [['innerJoin', `m.${random.pick(['owner', 'buyer'])}`, 'j0']],
      wheres: [['j0.code = :code', { code }]],
    }
    const order = [
      ['m.rank', random.pick(['ASC', 'DESC'] as const)],
      ['m.id', 'ASC'],
    ] as const
    const sellers: Parts = {
      joins: [
        ['innerJoin', 'm.itemOfOwner', 'j0'],
        ['innerJoin', 'j0.buyer', 'j1'],
      ],
      wheres: [['j1.code = :code', { code }]],
    }
    return this.#swarm.weighted<() => TypeormRead>(random, 'of code', [
      [2, () => many(random, { ...sellers, order, page: { take: random.int(1, 2) } }, 'Owner')],
      [1, () => count(random, sellers, 'Owner')],
      [3, () => count(random, joined)],
      [2, () => many(random, { ...joined, order, page: { take: random.int(1, 3) } })],
      [3, () => findOne(random, { where: { code } }, 'Owner')],
      [
        1,
        () =>
          findOne(random, {
            where: { id: random.pick(ITEMS) },
            relations: { owner: true },
            relationLoadStrategy: 'join',
          }),
      ],
    ])()
  }

  /** What goes with an item, which goes with its owner. */
  #ofLines(random: Random): TypeormRead {
    const itemId = random.pick(ITEMS)
    const ownerId = random.pick(OWNERS)
    const wheres = [['m.itemId = :itemId', { itemId }]] as const
    const strategy = random.pick(['join', 'query'] as const)
    return this.#swarm.weighted<() => TypeormRead>(random, 'of lines', [
      [2, () => count(random, { wheres }, 'Line')],
      [2, () => raw(random, { wheres, select: ['AVG(m.rank)', 'COUNT(*)'] }, 'getRawOne', 'Line')],
      [2, () => find(random, { where: { itemId }, order: byKey, take: more(random) }, 'Line')],
      [
        2,
        () =>
          count(
            random,
            { joins: [['innerJoin', 'm.item', 'j0']], wheres: [['j0.ownerId = :ownerId', { ownerId }]] },
            'Line',
          ),
      ],
      [
        3,
        () =>
          find(random, {
            where: random.pick<Where>([{ id: itemId }, { ownerId }]),
            order: byKey,
            relations: { lineOfItem: true },
            relationLoadStrategy: strategy,
          }),
      ],
      [
        1,
        () =>
          findOne(
            random,
            { where: { id: random.pick(LINES) }, relations: { item: true }, relationLoadStrategy: 'join' },
            'Line',
          ),
      ],
    ])()
  }

  /** One row, by its key. */
  #ofItem(random: Random): TypeormWrite {
    const where = { id: random.pick(ITEMS) }
    const rank = { rank: random.pick(RANKS) }
    const data = this.#swarm.weighted<ObjectLiteral>(random, 'data', [
      [3, rank],
      [3, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick([null, ...OWNERS]) }],
      [1, { ownerId: random.pick(OWNERS), ...rank }],
    ])
    const builder = {
      by: random.pick(['entity', 'table'] as const),
      listeners: true,
      inTransaction: false,
      returning: random.chance(0.5),
    }
    return write(
      'Item',
      this.#swarm.weighted<() => Call>(random, 'item', [
        [4, () => moved(random, where)],
        [5, () => ({ call: 'update', where, data })],
        [3, () => ({ call: 'updateBuilder', where, data, builder })],
        [
          3,
          () => ({
            call: 'saveLoaded',
            where,
            relations: [],
            change: data,
            throughCache: random.chance(0.5),
            options: {},
          }),
        ],
        [4, () => ({ call: 'insert', rows: [itemOf(random)] })],
        [2, () => ({ call: 'upsert', rows: [{ ...itemOf(random), ...where }], paths: ['id'] })],
        [2, () => ({ call: 'delete', where })],
        [1, () => ({ call: 'remove', where, options: {} })],
      ])(),
    )
  }

  /** Rows that a condition chooses. */
  #ofManyItems(random: Random): TypeormWrite {
    const where = this.#swarm.weighted<Where>(random, 'where', [
      [
        4,
        {
          rank: random.pick([
            random.pick(RANKS),
            MoreThan(random.int(0, 3)),
            LessThan(random.int(1, 3)),
            LessThanOrEqual(random.int(0, 3)),
            Between(2, 3),
          ]),
        },
      ],
      [2, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick(OWNERS) }],
      [2, { id: In(random.sample(ITEMS, random.int(2, 4))) }],
      [1, { ownerId: random.pick(OWNERS), rank: LessThan(random.int(1, 3)) }],
    ])
    const data = this.#swarm.weighted<ObjectLiteral>(random, 'new data', [
      [3, { rank: random.pick(RANKS) }],
      [2, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick([null, ...OWNERS]) }],
    ])
    return write(
      'Item',
      this.#swarm.weighted<() => Call>(random, 'items', [
        [5, () => moved(random, where)],
        [4, () => ({ call: 'update', where, data })],
        [1, () => ({ call: 'updateAll', data: { rank: random.pick(RANKS) } })],
        [1, () => ({ call: 'delete', where })],
        [
          2,
          () => ({
            call: 'insertBuilder',
            rows: [itemOf(random), itemOf(random)],
            conflict: 'ignore',
            builder: { by: 'entity', listeners: true, inTransaction: false, returning: false },
          }),
        ],
      ])(),
    )
  }

  /** Of the tables around the items: with an owner go the owner's items, and with these their lines and labels. */
  #ofOthers(random: Random): TypeormWrite {
    const owner = { id: random.pick(OWNERS) }
    const label = { id: random.pick(LABELS) }
    const line = { id: random.pick(LINES) }
    const coded = () => ({ name: 'a', rank: random.pick(RANKS), code: random.pick(this.#codes) })
    const lineOf = () => ({ name: 'a', rank: random.pick(RANKS), itemId: random.pick(ITEMS) })
    const code = { code: random.pick(this.#codes) }
    return this.#swarm.weighted<() => TypeormWrite>(random, 'others', [
      [2, () => write('Owner', { call: 'delete', where: owner })],
      [3, () => write('Owner', { call: 'upsert', rows: [{ ...coded(), ...owner }], paths: ['id'] })],
      [2, () => write('Owner', { call: 'update', where: owner, data: code })],
      [1, () => write('Label', { call: 'delete', where: label })],
      [2, () => write('Label', { call: 'upsert', rows: [{ ...coded(), ...label }], paths: ['id'] })],
      [3, () => write('Label', { call: 'update', where: label, data: code })],
      [
        3,
        () => write('Line', { call: 'insert', rows: [{ ...lineOf(), ...(random.chance(0.7) ? line : {}) }] }),
      ],
      [2, () => write('Line', { call: 'update', where: line, data: { itemId: random.pick(ITEMS) } })],
      [1, () => write('Line', moved(random, line))],
      [
        1,
        () =>
          write('Line', {
            call: 'delete',
            where: random.pick<Where>([line, { itemId: random.pick(ITEMS) }]),
          }),
      ],
    ])()
  }
}

const byKey = { id: 'ASC' } as const

const moved = (random: Random, where: Where): Call => ({
  call: random.pick(['increment', 'increment', 'decrement']),
  where,
  field: 'rank',
  by: random.pick([1, 1, 2, 0]),
})

function boundOf(random: Random): readonly [string, ObjectLiteral] {
  const bound = random.int(0, 4)
  return random.pick([
    ['m.rank = :bound', { bound }],
    ['m.rank > :bound', { bound }],
    ['m.rank < :bound', { bound }],
    ['m.rank <= :bound', { bound }],
    ['m.rank BETWEEN :low AND :high', { low: 1, high: random.int(1, 3) }],
  ])
}

const write = (model: string, call: Call): TypeormWrite => ({ kind: 'entity', model, call })

const sent = { cache: true, throughRunner: false } as const

/** A find; TypeORM's own way to ask for the cache, or ours. */
function find(random: Random, options: FindOptions, model = 'Item'): FindRead {
  return ofFind(random.pick(['find', 'getWithCache'] as const), options, model)
}

function findOne(random: Random, options: FindOptions, model = 'Item'): FindRead {
  return ofFind(random.pick(['findOne', 'getOneWithCache'] as const), options, model)
}

function ofFind(call: FindRead['call'], options: FindOptions, model: string): FindRead {
  const unordered = options.relations !== undefined
  return { kind: 'find', model, call, options, ...sent, followsLazy: false, unordered }
}

type Parts = Partial<Pick<BuilderRead, 'joins' | 'wheres' | 'select' | 'groupBy' | 'order' | 'page'>>

function builder(call: BuilderRead['call'], parts: Parts, model: string): BuilderRead {
  return {
    kind: 'builder',
    model,
    call,
    joins: [],
    select: [],
    wheres: [],
    exists: undefined,
    groupBy: undefined,
    order: [],
    page: {},
    withDeleted: false,
    tree: undefined,
    ...sent,
    unordered: parts.order === undefined,
    ...parts,
  }
}

const many = (random: Random, parts: Parts, model = 'Item'): BuilderRead =>
  builder(random.pick(['getMany', 'getWithCache'] as const), parts, model)

const count = (random: Random, parts: Parts, model = 'Item'): BuilderRead =>
  builder(random.pick(['getCount', 'getCount', 'getManyAndCount'] as const), parts, model)

const raw = (
  random: Random,
  parts: Parts,
  call: BuilderRead['call'] = 'getRawMany',
  model = 'Item',
): BuilderRead => builder(call, parts, model)
