import type { Maker } from '../maker.js'
import { modelOf, type Schema } from '../model.js'
import { CODES, ITEMS, LABELS, LINES, OWNERS, RANKS, itemOf, more } from '../narrow-schema.js'
import { untoldMove } from '../narrow-raw.js'
import type { Random } from '../random.js'
import { randomRaw, rawJoinRow } from '../raw.js'
import { Swarm } from '../swarm.js'
import { PrismaMaker, type PrismaWrite } from './maker.js'
import type { Args, PrismaRead } from './read.js'
import type { ModelWrite } from './write.js'

/** The questions and writes of the narrow schema. Each may tell something of what another one asks. */
export class NarrowPrismaMaker extends PrismaMaker implements Maker {
  readonly #schema: Schema
  /** The fields that lead from items to labels, and back. */
  readonly #labels: string
  readonly #items: string
  readonly #swarm: Swarm
  readonly #codes: readonly string[]

  constructor(schema: Schema, swarm = new Swarm()) {
    super(schema)
    this.#schema = schema
    this.#swarm = swarm
    this.#codes = swarm.some('codes', CODES)
    const along = (model: string) =>
      modelOf(schema, model).ends.find(({ relation }) => relation.type === 'manyToMany')!.field
    this.#labels = along('Item')
    this.#items = along('Label')
  }

  ofEpisode(random: Random): Maker {
    return new NarrowPrismaMaker(this.#schema, new Swarm(random))
  }

  override read(random: Random): PrismaRead {
    return this.#swarm.weighted<() => PrismaRead>(random, 'reads', [
      [9, () => this.#ofRank(random)],
      [8, () => this.#ofSet(random)],
      [9, () => this.#ofLabel(random)],
      [4, () => this.#ofCode(random)],
      [4, () => this.#ofLines(random)],
    ])()
  }

  override relative(_read: PrismaRead, random: Random): PrismaRead {
    return this.read(random)
  }

  override sibling(_read: PrismaRead, random: Random): PrismaRead {
    return this.read(random)
  }

  override set(random: Random): ReturnType<NonNullable<Maker['set']>> {
    const where = { ownerId: random.pick(OWNERS) }
    return {
      counted: read('Item', 'count', { where }),
      shown: read('Item', 'findMany', { where, orderBy: byKey, take: more(random) }),
      write: this.#ofItem(random),
    }
  }

  override modelWrite(_model: unknown, random: Random): PrismaWrite {
    return this.#swarm.weighted<() => PrismaWrite>(random, 'writes', [
      [10, () => this.#ofItem(random)],
      [5, () => this.#ofManyItems(random)],
      [4, () => this.#ofOthers(random)],
      [4, () => this.#ofJoins(random)],
      [3, () => untoldMove(this.#schema, random)],
      [1, () => randomRaw(this.#schema, random.pick(this.#schema.models), random, false)],
    ])()
  }

  override decidingWrite(asked: PrismaRead, random: Random): PrismaWrite {
    const text = JSON.stringify(asked.args)
    const isOfLabels = text.includes(this.#labels) || text.includes(this.#items)
    const isOfRanks = text.includes('"rank"')
    return random.weighted<() => PrismaWrite>([
      [isOfLabels ? 6 : 0, () => this.#ofJoins(random)],
      [isOfRanks ? 4 : 0, () => this.#ofManyItems(random)],
      [3, () => this.modelWrite(undefined, random)],
    ])()
  }

  override robustWrite(_model: unknown, random: Random): PrismaWrite {
    return this.modelWrite(undefined, random)
  }

  override plainWrite(_model: unknown, random: Random): PrismaWrite {
    return this.#ofManyItems(random)
  }

  override pointWrite(_model: unknown, random: Random): PrismaWrite {
    return this.modelWrite(undefined, random)
  }

  override keyWrite(_model: unknown, random: Random): PrismaWrite {
    return this.modelWrite(undefined, random)
  }

  override relationWrite(_end: unknown, random: Random): PrismaWrite {
    return this.#ofJoins(random)
  }

  /** Pages, counts of those above or below, and what all items have. */
  #ofRank(random: Random): PrismaRead {
    const orderBy = [{ rank: random.pick(['asc', 'desc']) }, ...byKey]
    const where = { rank: boundOf(random) }
    return this.#swarm.weighted<() => PrismaRead>(random, 'of rank', [
      [2, () => read('Item', 'findMany', { orderBy, take: random.int(1, 3) })],
      [2, () => read('Item', 'findMany', { orderBy, take: random.int(1, 2), skip: random.int(1, 2) })],
      [2, () => read('Item', 'count', { where })],
      [1, () => read('Item', 'findMany', { where, orderBy: byKey, select: { id: true } })],
      [3, () => read('Item', 'findMany', { orderBy: byKey, take: more(random) })],
      [2, () => read('Item', 'findUnique', { where: { id: random.pick(ITEMS) } })],
    ])()
  }

  /** Whose items there are, how many, and what they come to. */
  #ofSet(random: Random): PrismaRead {
    const where = this.#swarm.weighted<Args>(random, 'set', [
      [4, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick(OWNERS) }],
      [1, { buyerId: null }],
      [2, { ownerId: random.pick(OWNERS), buyerId: random.pick(OWNERS) }],
      [1, { ownerId: { in: random.sample(OWNERS, 2) } }],
    ])
    const field = random.pick(['itemOfOwner', 'itemOfBuyer'])
    const id = random.pick(OWNERS)
    return this.#swarm.weighted<() => PrismaRead>(random, 'of set', [
      [3, () => read('Item', 'count', { where })],
      [2, () => read('Item', 'aggregate', { where, _count: true, _avg: { rank: true } })],
      [1, () => read('Item', 'groupBy', { by: ['rank'], where, orderBy: [{ rank: 'asc' }], _count: true })],
      [3, () => read('Item', 'findMany', { where, orderBy: byKey, take: more(random) })],
      [
        2,
        () =>
          read('Owner', 'findUnique', { where: { id }, select: { _count: { select: { [field]: true } } } }),
      ],
      [
        3,
        () =>
          read('Owner', 'findUnique', {
            where: { id },
            include: { [field]: { orderBy: byKey, take: more(random) } },
          }),
      ],
      [1, () => read('Owner', 'findUnique', { where: { id } })],
    ])()
  }

  /** Items by a label, of which the label itself tells whose key it is, and labels with their items. */
  #ofLabel(random: Random): PrismaRead {
    const by = (code: string): Args => ({ [this.#labels]: { some: { code } } })
    const [one, other] = random.sample(this.#codes, 2) as [string, string]
    const where = this.#swarm.weighted<Args>(random, 'label', [
      [6, by(one)],
      [4, { AND: [by(one), by(other)] }],
      [1, { OR: [by(one), by(other)] }],
      [1, { ...by(one), rank: boundOf(random) }],
      [1, { [this.#labels]: { none: { code: one } } }],
      [1, { [this.#labels]: { some: { id: random.pick(LABELS) } } }],
    ])
    const orderBy = [{ rank: random.pick(['asc', 'desc']) }, ...byKey]
    const items = { orderBy: byKey, take: more(random) }
    return this.#swarm.weighted<() => PrismaRead>(random, 'of label', [
      [4, () => read('Item', 'findMany', { where, orderBy, take: random.int(1, 3) })],
      [1, () => read('Item', 'findMany', { where, orderBy, take: 2, skip: 1 })],
      [3, () => read('Item', 'count', { where })],
      [3, () => read('Label', 'findUnique', { where: { code: one } })],
      [1, () => read('Label', 'findUnique', { where: { code: one }, include: { [this.#items]: items } })],
      [
        1,
        () =>
          read('Label', 'findUnique', {
            where: { code: one },
            select: { _count: { select: { [this.#items]: true } } },
          }),
      ],
      [
        3,
        () =>
          read('Item', 'findUnique', {
            where: { id: random.pick(ITEMS) },
            include: { [this.#labels]: { orderBy: byKey } },
          }),
      ],
      [
        2,
        () =>
          read('Item', 'findMany', {
            orderBy,
            take: more(random),
            include: { [this.#labels]: { orderBy: byKey } },
          }),
      ],
    ])()
  }

  /** Items by their owner's code, of which the owner itself tells whose key it is. */
  #ofCode(random: Random): PrismaRead {
    const code = random.pick(this.#codes)
    const where = { [random.pick(['owner', 'buyer'])]: { code } }
    const orderBy = [{ rank: random.pick(['asc', 'desc']) }, ...byKey]
    const sellers = { itemOfOwner: { some: { buyer: { code } } } }
    return this.#swarm.weighted<() => PrismaRead>(random, 'of code', [
      [2, () => read('Owner', 'findMany', { where: sellers, orderBy, take: random.int(1, 2) })],
      [1, () => read('Owner', 'count', { where: sellers })],
      [3, () => read('Item', 'count', { where })],
      [2, () => read('Item', 'findMany', { where, orderBy, take: random.int(1, 3) })],
      [3, () => read('Owner', 'findUnique', { where: { code } })],
      [1, () => read('Item', 'findUnique', { where: { id: random.pick(ITEMS) }, include: { owner: true } })],
    ])()
  }

  /** What goes with an item, which goes with its owner. */
  #ofLines(random: Random): PrismaRead {
    const itemId = random.pick(ITEMS)
    const lines = { orderBy: byKey, take: more(random) }
    return this.#swarm.weighted<() => PrismaRead>(random, 'of lines', [
      [2, () => read('Line', 'count', { where: { itemId } })],
      [2, () => read('Line', 'aggregate', { where: { itemId }, _count: true, _avg: { rank: true } })],
      [2, () => read('Line', 'findMany', { where: { itemId }, ...lines })],
      [2, () => read('Line', 'count', { where: { item: { ownerId: random.pick(OWNERS) } } })],
      [2, () => read('Item', 'findUnique', { where: { id: itemId }, include: { lineOfItem: lines } })],
      [
        1,
        () =>
          read('Item', 'findMany', {
            where: { ownerId: random.pick(OWNERS) },
            orderBy: byKey,
            include: { lineOfItem: lines },
          }),
      ],
      [1, () => read('Line', 'findUnique', { where: { id: random.pick(LINES) }, include: { item: true } })],
    ])()
  }

  /** One row, by its key. */
  #ofItem(random: Random): ModelWrite {
    const where = { id: random.pick(ITEMS) }
    const data = this.#swarm.weighted<Args>(random, 'data', [
      [6, { rank: rankOf(random) }],
      [3, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick([null, ...OWNERS]) }],
      [1, { ownerId: random.pick(OWNERS), rank: rankOf(random) }],
    ])
    const select = random.chance(0.5) ? { select: { id: true } } : {}
    return this.#swarm.weighted<() => ModelWrite>(random, 'item', [
      [6, () => write('Item', 'update', { where, data, ...select })],
      [4, () => write('Item', 'updateMany', { where, data })],
      [4, () => write('Item', 'create', { data: itemOf(random) })],
      [2, () => write('Item', 'upsert', { where, create: { ...itemOf(random), ...where }, update: data })],
      [2, () => write('Item', 'delete', { where, ...select })],
      [2, () => write('Item', 'deleteMany', { where })],
    ])()
  }

  /** Which items have which labels. */
  #ofJoins(random: Random): PrismaWrite {
    const labels = random.sample(LABELS, random.int(1, 2)).map((id) => ({ id }))
    const items = random.sample(ITEMS, random.int(1, 2)).map((id) => ({ id }))
    const change = (keys: unknown) => random.pick([{ connect: keys }, { disconnect: keys }, { set: keys }])
    return this.#swarm.weighted<() => PrismaWrite>(random, 'joins', [
      [
        5,
        () =>
          write('Item', 'update', {
            where: { id: random.pick(ITEMS) },
            data: { [this.#labels]: change(labels) },
          }),
      ],
      [
        2,
        () =>
          write('Label', 'update', {
            where: { id: random.pick(LABELS) },
            data: { [this.#items]: change(items) },
          }),
      ],
      [
        2,
        () =>
          write('Item', 'create', {
            data: {
              rank: random.pick(RANKS),
              name: 'a',
              owner: { connect: { id: random.pick(OWNERS) } },
              [this.#labels]: { connect: labels },
            },
          }),
      ],
      [
        2,
        () =>
          rawJoinRow(
            this.#schema,
            this.#schema.relations.find(({ type }) => type === 'manyToMany') as never,
            random,
          ),
      ],
    ])()
  }

  /** Rows that a condition chooses. */
  #ofManyItems(random: Random): ModelWrite {
    const where = this.#swarm.weighted<Args>(random, 'where', [
      [4, { rank: boundOf(random) }],
      [2, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick(OWNERS) }],
      [2, { id: { in: random.sample(ITEMS, random.int(2, 4)) } }],
      [1, { ownerId: random.pick(OWNERS), rank: boundOf(random) }],
      [1, { owner: { code: random.pick(this.#codes) } }],
    ])
    const data = this.#swarm.weighted<Args>(random, 'new data', [
      [6, { rank: rankOf(random) }],
      [2, { ownerId: random.pick(OWNERS) }],
      [2, { buyerId: random.pick([null, ...OWNERS]) }],
    ])
    const rows = () => Array.from({ length: random.int(1, 2) }, () => itemOf(random))
    return this.#swarm.weighted<() => ModelWrite>(random, 'items', [
      [6, () => write('Item', 'updateMany', { where, data })],
      [
        5,
        () =>
          write('Item', 'updateMany', { where: { rank: rangeOf(random) }, data: { rank: movedBy(random) } }),
      ],
      [1, () => write('Item', 'updateMany', { data: { rank: rankOf(random) } })],
      [1, () => write('Item', 'deleteMany', { where })],
      [3, () => write('Item', 'createMany', { data: rows(), skipDuplicates: true })],
    ])()
  }

  /** Of the tables around the items: with an owner go the owner's items, and with these their lines and labels. */
  #ofOthers(random: Random): ModelWrite {
    const owner = { id: random.pick(OWNERS) }
    const label = { id: random.pick(LABELS) }
    const line = { id: random.pick(LINES) }
    const coded = () => ({ name: 'a', rank: random.pick(RANKS), code: random.pick(this.#codes) })
    const lineOf = () => ({ name: 'a', rank: random.pick(RANKS), itemId: random.pick(ITEMS) })
    return this.#swarm.weighted<() => ModelWrite>(random, 'others', [
      [2, () => write('Owner', 'deleteMany', { where: owner })],
      [
        3,
        () =>
          write('Owner', 'upsert', {
            where: owner,
            create: { ...coded(), ...owner },
            update: { rank: rankOf(random) },
          }),
      ],
      [2, () => write('Owner', 'update', { where: owner, data: { code: random.pick(this.#codes) } })],
      [1, () => write('Label', 'deleteMany', { where: label })],
      [
        2,
        () =>
          write('Label', 'upsert', {
            where: label,
            create: { ...coded(), ...label },
            update: { rank: rankOf(random) },
          }),
      ],
      [3, () => write('Label', 'update', { where: label, data: { code: random.pick(this.#codes) } })],
      [3, () => write('Line', 'create', { data: { ...lineOf(), ...(random.chance(0.7) ? line : {}) } })],
      [2, () => write('Line', 'updateMany', { where: line, data: { itemId: random.pick(ITEMS) } })],
      [1, () => write('Line', 'updateMany', { where: line, data: { rank: rankOf(random) } })],
      [1, () => write('Line', 'deleteMany', { where: random.pick([line, { itemId: random.pick(ITEMS) }]) })],
    ])()
  }
}

const byKey = [{ id: 'asc' }]

const boundOf = (random: Random): unknown => (random.chance(0.4) ? random.pick(RANKS) : rangeOf(random))

const rangeOf = (random: Random): unknown =>
  random.pick([
    { gt: random.int(0, 3) },
    { lt: random.int(1, 3) },
    { lte: random.int(0, 3) },
    { gte: 2, lt: 4 },
  ])

const rankOf = (random: Random): unknown => (random.chance(0.5) ? random.pick(RANKS) : movedBy(random))

const movedBy = (random: Random): unknown =>
  random.pick([{ increment: 1 }, { increment: 2 }, { decrement: 1 }, { decrement: 2 }, { increment: 0 }])

function read(model: string, operation: PrismaRead['operation'], args: Args): PrismaRead {
  return { model, operation, args, fluent: [], unordered: false }
}

function write(model: string, operation: ModelWrite['operation'], args: Args): ModelWrite {
  return { kind: 'model', model, operation, args }
}
