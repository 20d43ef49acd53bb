import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import type { BuilderRead, CacheArgument, FindRead, TypeormRead } from './read.js'

/** Whether the cache may be asked: the same question is put to TypeORM alone to see what is true. */
export type Mode = 'cached' | 'plain'

/** Sends a read through a manager. */
export async function sendRead(manager: EntityManager, read: TypeormRead, mode: Mode): Promise<unknown> {
  if (read.kind === 'builder') return sendBuilder(manager, read, mode)
  const answer = await sendFind(manager, read, mode)
  if (read.followsLazy) await followLazy(manager, read, answer)
  return answer
}

function sendFind(
  manager: EntityManager,
  { model, call, options, cache }: FindRead,
  mode: Mode,
): Promise<unknown> {
  const repository = manager.getRepository<ObjectLiteral>(model)
  const asked = { ...options, ...(mode === 'cached' ? { cache: findCache(cache) } : {}) }
  const own = { ...options }
  // Without a condition, TypeORM answers no single row.
  const one = { ...own, where: own.where ?? {} }
  const isCached = mode === 'cached'
  switch (call) {
    case 'find':
      return repository.find(asked)
    case 'findOne':
      return repository.findOne({ ...asked, where: asked.where ?? {} })
    case 'findOneOrFail':
      return repository.findOneOrFail({ ...asked, where: asked.where ?? {} })
    case 'findAndCount':
      return repository.findAndCount(asked)
    case 'count':
      return repository.count(asked)
    case 'exists':
      return repository.exists(asked)
    case 'getWithCache':
      return isCached ? repository.getWithCache(own) : repository.find(own)
    case 'getOneWithCache':
      return isCached ? repository.getOneWithCache(one) : repository.findOne(one)
    case 'getCountWithCache':
      return isCached ? repository.getCountWithCache(own) : repository.count(own)
  }
}

function findCache(cache: CacheArgument): boolean | number | { id: string; milliseconds: number } {
  return typeof cache === 'object' ? { ...cache } : cache
}

/** Loads what the answer's lazy relations stand for. */
async function followLazy(manager: EntityManager, { model }: FindRead, answer: unknown): Promise<void> {
  const lazy = manager.dataSource.getMetadata(model).relations.filter(({ isLazy }) => isLazy)
  const entities = (Array.isArray(answer) ? answer.flat() : [answer]).filter(
    (entity): entity is ObjectLiteral => typeof entity === 'object' && entity !== null,
  )
  for (const entity of entities.slice(0, 3)) {
    for (const { propertyName } of lazy) await entity[propertyName]
  }
}

function sendBuilder(manager: EntityManager, read: BuilderRead, mode: Mode): Promise<unknown> {
  const builder = build(manager, read)
  if (mode === 'cached' && read.call !== 'getWithCache') askForCache(builder, read.cache)
  switch (read.call) {
    case 'getMany':
      return builder.getMany()
    case 'getOne':
      return builder.getOne()
    case 'getRawMany':
      return builder.getRawMany()
    case 'getRawOne':
      return builder.getRawOne()
    case 'getRawAndEntities':
      return builder.getRawAndEntities()
    case 'getManyAndCount':
      return builder.getManyAndCount()
    case 'getCount':
      return builder.getCount()
    case 'getExists':
      return builder.getExists()
    case 'getWithCache':
      return mode === 'cached' ? builder.getWithCache() : builder.getMany()
  }
}

function askForCache(builder: SelectQueryBuilder<ObjectLiteral>, cache: CacheArgument): void {
  if (typeof cache === 'object') builder.cache(cache.id, cache.milliseconds)
  else builder.cache(cache)
}

function build(manager: EntityManager, read: BuilderRead): SelectQueryBuilder<ObjectLiteral> {
  const builder = startOf(manager, read)
  for (const [call, path, alias] of read.joins) {
    if (call === 'loadRelationIdAndMap') builder.loadRelationIdAndMap(`m.${alias}Ids`, path)
    else if (call === 'leftJoinAndMapOne' || call === 'leftJoinAndMapMany')
      builder[call](`m.${alias}Mapped`, path, alias)
    else builder[call](path, alias)
  }
  for (const [text, parameters] of read.wheres) builder.andWhere(text, parameters)
  if (read.exists !== undefined) whereRelated(builder, read.exists)
  if (read.select.length > 0) builder.select(read.select.map((text, index) => `${text} AS c${index}`))
  if (read.groupBy !== undefined) builder.groupBy(read.groupBy)
  for (const [path, direction] of read.order) builder.addOrderBy(path, direction)
  if (read.page.skip !== undefined) builder.skip(read.page.skip)
  if (read.page.take !== undefined) builder.take(read.page.take)
  if (read.page.limit !== undefined) builder.limit(read.page.limit)
  return read.withDeleted ? builder.withDeleted() : builder
}

function startOf(manager: EntityManager, { model, tree }: BuilderRead): SelectQueryBuilder<ObjectLiteral> {
  if (tree === undefined) return manager.createQueryBuilder<ObjectLiteral>(model, 'm')
  const trees = manager.getTreeRepository<ObjectLiteral>(model)
  const node = trees.create({ id: tree.node })
  return tree.of === 'descendants'
    ? trees.createDescendantsQueryBuilder('m', 'c', node)
    : trees.createAncestorsQueryBuilder('m', 'c', node)
}

/** Rows of a child's table that point at a row of the model. */
function whereRelated(
  builder: SelectQueryBuilder<ObjectLiteral>,
  { model, on }: { readonly model: string; readonly on: string },
): void {
  const relation =
    builder.expressionMap.mainAlias!.metadata.findRelationWithPropertyPath(on)!.inverseRelation!
  const related = builder
    .subQuery()
    .select('1')
    .from(model, 'r')
    .where(
      relation.joinColumns
        .map(
          ({ propertyPath, referencedColumn }) => `r.${propertyPath} = m.${referencedColumn!.propertyPath}`,
        )
        .join(' AND '),
    )
  builder.andWhere(`EXISTS ${related.getQuery()}`)
}
