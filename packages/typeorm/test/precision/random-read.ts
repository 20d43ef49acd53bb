import type { Chance } from '../../../../test/copies/chance.js'
import type { DataSource, EntityMetadata, FindManyOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { Between, ILike, In, IsNull, LessThan, MoreThanOrEqual, Not, Or } from 'typeorm'
import { print } from './print.js'
import { valueFor } from './values.js'

/** A read that is sent through TypeORM. */
export interface RandomRead {
  /** What kind of read it is, for figures. */
  readonly kind: string
  readonly text: string
  /** Whether the order of its outermost rows is told. */
  readonly isOrdered: boolean
  send(): Promise<unknown>
}

type Relation = EntityMetadata['relations'][number]
type Where = Record<string, unknown>
interface Relations {
  [name: string]: boolean | Relations
}
interface Order {
  [name: string]: 'ASC' | 'DESC' | Order
}

const rootNames = [
  'Post',
  'Post',
  'Post',
  'Person',
  'Comment',
  'Membership',
  'Club',
  'Label',
  'Content',
  'Article',
  'PostView',
]

/** A view has no key. */
const keysOf = ({ primaryColumns, ownColumns }: EntityMetadata) =>
  primaryColumns.length > 0 ? primaryColumns : ownColumns

/** Makes reads of every kind that TypeORM knows. */
export class ReadMaker {
  readonly #chance: Chance
  readonly #dataSource: DataSource

  constructor(chance: Chance, dataSource: DataSource) {
    this.#chance = chance
    this.#dataSource = dataSource
  }

  read(): RandomRead {
    const metadata = this.#dataSource.getMetadata(this.#chance.of(rootNames))
    return this.#chance.isOneIn(3) ? this.#built(metadata) : this.#found(metadata)
  }

  #found(metadata: EntityMetadata): RandomRead {
    const chance = this.#chance
    const repository = this.#dataSource.getRepository<ObjectLiteral>(metadata.target)
    const where = this.where(metadata, 2)
    const options: FindManyOptions<ObjectLiteral> = {
      where: chance.isOneIn(6) ? [where, this.where(metadata, 1)] : where,
      ...(chance.isOneIn(2) ? { relations: this.#relations(metadata, 2) } : {}),
      ...(chance.isOneIn(6) ? { withDeleted: true } : {}),
      ...(chance.isOneIn(8) ? { relationLoadStrategy: 'query' as const } : {}),
      ...(chance.isOneIn(10) ? { loadRelationIds: true } : {}),
      ...(chance.isOneIn(6) ? { select: this.#select(metadata) } : {}),
      ...(chance.isOneIn(2) ? { order: this.#order(metadata) } : {}),
    }
    const kind = chance.of([
      'find',
      'find',
      'find',
      'page',
      'page',
      'findOne',
      'findAndCount',
      'count',
      'exists',
      'sum',
    ])
    const paged = {
      ...options,
      order: { ...options.order, ...this.#keyOrder(metadata) },
      take: 1 + chance.upTo(2),
      ...(chance.isOneIn(3) ? { skip: 1 + chance.upTo(1) } : {}),
    }
    const number = metadata.name === 'Post' ? 'score' : metadata.name === 'Person' ? 'age' : 'id'
    const made = (
      name: string,
      given: unknown,
      isOrdered: boolean,
      send: () => Promise<unknown>,
    ): RandomRead => ({
      kind: name,
      text: `${metadata.name}.${name} ${print(given)}`,
      isOrdered,
      send,
    })
    switch (kind) {
      case 'page':
        return made('page', paged, true, () => repository.find(paged))
      case 'findOne': {
        const one = { ...options, order: paged.order }
        return made('findOne', one, true, () => repository.findOne(one))
      }
      case 'findAndCount':
        return made('findAndCount', paged, true, () => repository.findAndCount(paged))
      case 'count':
        return made('count', options, true, () => repository.count(options))
      case 'exists':
        return made('exists', options, true, () => repository.exists({ where: options.where! }))
      case 'sum':
        if (metadata.propertiesMap[number] === undefined) break
        return made('sum', where, true, () => repository.sum(number, where))
    }
    return made('find', options, options.order !== undefined, () => repository.find(options))
  }

  /** By a builder, with joins of every kind. */
  #built(metadata: EntityMetadata): RandomRead {
    const chance = this.#chance
    const builder = this.#dataSource.getRepository<ObjectLiteral>(metadata.target).createQueryBuilder('x')
    const aliases = [{ alias: 'x', metadata }]
    for (let at = chance.upTo(3); at > 0; at--) this.#join(builder, aliases)
    for (let at = chance.upTo(2); at > 0; at--) this.#condition(builder, chance.of(aliases), at)
    if (chance.isOneIn(6)) this.#subquery(builder, chance.of(aliases))
    const kind = chance.of([
      'many',
      'many',
      'raw',
      'limit',
      'take',
      'group',
      'distinct',
      'count',
      'manyAndCount',
    ])
    const isOrdered = ['limit', 'take', 'manyAndCount'].includes(kind)
    if (chance.isOneIn(2) || isOrdered) this.#orderBy(builder, chance.of(aliases))
    if (isOrdered)
      for (const { alias, metadata: of } of aliases)
        for (const { propertyPath } of keysOf(of)) builder.addOrderBy(`${alias}.${propertyPath}`)
    const number = () => 1 + chance.upTo(3)
    if (kind === 'limit') builder.limit(number())
    if (kind === 'limit' && chance.isOneIn(3)) builder.offset(1)
    if (kind === 'take' || kind === 'manyAndCount') builder.take(number())
    if (kind === 'take' && chance.isOneIn(3)) builder.skip(1)
    if (kind === 'distinct') {
      const { alias, metadata: of } = chance.of(aliases)
      builder
        .orderBy()
        .select(`${alias}.${chance.of(of.ownColumns).propertyPath}`, 'v')
        .distinct(true)
    }
    if (kind === 'group') {
      const { alias, metadata: of } = chance.of(aliases)
      const column = `${alias}.${chance.of(of.ownColumns).propertyPath}`
      builder.orderBy().select(column, 'g').addSelect('COUNT(*)', 'n').groupBy(column)
      if (chance.isOneIn(3)) builder.having('COUNT(*) > 1')
    }
    const send = {
      raw: () => builder.getRawMany(),
      limit: () => builder.getRawMany(),
      group: () => builder.getRawMany(),
      distinct: () => builder.getRawMany(),
      count: () => builder.getCount(),
      manyAndCount: () => builder.getManyAndCount(),
    }[kind]
    const [sql, parameters] = builder.getQueryAndParameters()
    return {
      kind: `builder.${kind}`,
      text: `${metadata.name} builder.${kind} ${sql} ${print(parameters)}`,
      isOrdered,
      send: send ?? (() => builder.getMany()),
    }
  }

  #join(
    builder: SelectQueryBuilder<ObjectLiteral>,
    aliases: { alias: string; metadata: EntityMetadata }[],
  ): void {
    const chance = this.#chance
    const { alias, metadata } = chance.of(aliases)
    if (metadata.relations.length === 0) return
    const relation = chance.of(metadata.relations)
    const name = `j${aliases.length}`
    const target = relation.inverseEntityMetadata
    const column = chance.of(target.ownColumns)
    const isNarrowed = chance.isOneIn(4)
    const condition = isNarrowed ? `${name}.${column.propertyPath} = :${name}` : undefined
    const values = isNarrowed ? { [name]: valueFor(column, chance) } : undefined
    const how = chance.of([
      'leftJoinAndSelect',
      'leftJoinAndSelect',
      'innerJoinAndSelect',
      'leftJoin',
      'innerJoin',
    ] as const)
    builder[how](`${alias}.${relation.propertyPath}`, name, condition, values)
    aliases.push({ alias: name, metadata: target })
  }

  #condition(
    builder: SelectQueryBuilder<ObjectLiteral>,
    { alias, metadata }: { alias: string; metadata: EntityMetadata },
    at: number,
  ): void {
    const chance = this.#chance
    const column = chance.of(metadata.ownColumns)
    const [name, path] = [`c${at}`, `${alias}.${column.propertyPath}`]
    const [text, values] = chance.of<readonly [string, ObjectLiteral]>([
      [`${path} = :${name}`, { [name]: valueFor(column, chance) }],
      [`${path} = :${name}`, { [name]: valueFor(column, chance) }],
      [`${path} IN (:...${name})`, { [name]: [valueFor(column, chance), valueFor(column, chance)] }],
      [`${path} IS NULL`, {}],
      [`${path} >= :${name}`, { [name]: valueFor(column, chance) }],
      [
        `(${path} = :${name} OR x.${keysOf(metadata)[0]!.propertyPath} IS NULL)`,
        { [name]: valueFor(column, chance) },
      ],
    ])
    if (text.includes('OR x.') && builder.expressionMap.mainAlias!.metadata !== metadata) return
    if (chance.isOneIn(5)) builder.orWhere(text, values)
    else builder.andWhere(text, values)
  }

  #subquery(
    builder: SelectQueryBuilder<ObjectLiteral>,
    { alias, metadata }: { alias: string; metadata: EntityMetadata },
  ): void {
    const chance = this.#chance
    const relation = metadata.relations.find(({ isOneToMany, isManyToOne }) => isOneToMany || isManyToOne)
    if (relation === undefined) return
    const other = relation.inverseEntityMetadata
    const column = chance.of(other.ownColumns)
    const join = relation.isManyToOne ? relation.joinColumns[0]! : relation.inverseRelation!.joinColumns[0]!
    const [outer, inner] = relation.isManyToOne
      ? [join.propertyPath, join.referencedColumn!.propertyPath]
      : [join.referencedColumn!.propertyPath, join.propertyPath]
    const query = builder
      .subQuery()
      .select(`s.${inner}`)
      .from(other.target, 's')
      .where(`s.${column.propertyPath} = :sub`)
      .andWhere(`s.${inner} IS NOT NULL`)
    const text = chance.isOneIn(2)
      ? `${alias}.${outer} ${chance.isOneIn(3) ? 'NOT ' : ''}IN ${query.getQuery()}`
      : `EXISTS ${query.andWhere(`s.${inner} = ${alias}.${outer}`).getQuery()}`
    builder.andWhere(text, { sub: valueFor(column, chance) })
  }

  #orderBy(
    builder: SelectQueryBuilder<ObjectLiteral>,
    { alias, metadata }: { alias: string; metadata: EntityMetadata },
  ): void {
    const { propertyPath, isSelect } = this.#chance.of(metadata.ownColumns)
    if (isSelect) builder.orderBy(`${alias}.${propertyPath}`, this.#chance.of(['ASC', 'DESC'] as const))
  }

  where(metadata: EntityMetadata, depth: number): Where {
    const chance = this.#chance
    const where: Where = {}
    const columns = metadata.ownColumns.filter(({ isDiscriminator }) => !isDiscriminator)
    for (let at = chance.of([0, 0, 1, 1, 1, 2]); at > 0; at--) {
      const isKey = chance.isOneIn(2)
      const keys = columns.filter(
        ({ isPrimary, propertyName }) => isPrimary || /Id$|slug|email|Code/.test(propertyName),
      )
      const column = chance.of(isKey && keys.length > 0 ? keys : columns)
      where[column.propertyPath] = this.#operand(() => valueFor(column, chance))
    }
    const relations = metadata.relations.filter(
      ({ inverseEntityMetadata }) => inverseEntityMetadata !== metadata,
    )
    if (depth > 0 && relations.length > 0 && chance.isOneIn(4)) {
      const relation: Relation = chance.of(relations)
      where[relation.propertyPath] = this.where(relation.inverseEntityMetadata, depth - 1)
    }
    return where
  }

  #operand(value: () => unknown): unknown {
    const chance = this.#chance
    switch (chance.of(['is', 'is', 'is', 'is', 'in', 'not', 'null', 'less', 'or', 'between', 'like'])) {
      case 'in':
        return In([value(), value()])
      case 'not':
        return Not(chance.isOneIn(2) ? value() : IsNull())
      case 'null':
        return IsNull()
      case 'less':
        return chance.isOneIn(2) ? LessThan(value()) : MoreThanOrEqual(value())
      case 'or':
        return Or(IsNull(), In([value()]))
      case 'between':
        return Between(value(), value())
      case 'like': {
        const one = value()
        return typeof one === 'string' ? ILike(`${one}%`) : one
      }
      default:
        return value()
    }
  }

  #relations(metadata: EntityMetadata, depth: number): Relations {
    const chance = this.#chance
    const relations: Relations = {}
    for (const relation of metadata.relations) {
      if (!chance.isOneIn(2)) continue
      const isDeeper = depth > 1 && chance.isOneIn(3)
      relations[relation.propertyPath] = isDeeper
        ? this.#relations(relation.inverseEntityMetadata, depth - 1)
        : true
    }
    return relations
  }

  #select(metadata: EntityMetadata): Record<string, boolean> {
    const chance = this.#chance
    const selected = Object.fromEntries(
      chance.some(metadata.ownColumns, 3).map(({ propertyPath }) => [propertyPath, true]),
    )
    const keys = Object.fromEntries(keysOf(metadata).map(({ propertyPath }) => [propertyPath, true]))
    return { ...selected, ...keys }
  }

  #order(metadata: EntityMetadata): Order {
    const chance = this.#chance
    const columns = metadata.ownColumns.filter(({ isSelect }) => isSelect)
    const order: Order = { [chance.of(columns).propertyPath]: chance.of(['ASC', 'DESC'] as const) }
    const [relation] = chance.some(metadata.relations.length === 0 ? [undefined] : metadata.relations, 1)
    if (relation === undefined || !chance.isOneIn(4)) return { ...order, ...this.#keyOrder(metadata) }
    const column = chance.of(relation.inverseEntityMetadata.ownColumns.filter(({ isSelect }) => isSelect))
    return { [relation.propertyPath]: { [column.propertyPath]: 'ASC' }, ...this.#keyOrder(metadata) }
  }

  #keyOrder(metadata: EntityMetadata): Record<string, 'ASC'> {
    return Object.fromEntries(keysOf(metadata).map(({ propertyPath }) => [propertyPath, 'ASC' as const]))
  }
}
