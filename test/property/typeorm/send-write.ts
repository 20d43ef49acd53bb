import { finished } from 'node:stream/promises'
import type { EntityManager, ObjectLiteral, QueryRunner, Repository } from 'typeorm'
import { MigrationExecutor } from 'typeorm'
import type { RawWrite } from '../raw.js'
import { sideTable } from '../aids.js'
import type { Call, ChangeBuilder, EntityWrite, Row, SentRaw, TypeormWrite } from './write.js'

/** Sends a write through a manager: that of a DataSource, or of a query runner, in a transaction or not. */
export async function sendWrite(manager: EntityManager, write: TypeormWrite): Promise<unknown> {
  return write.kind === 'raw' ? sendRaw(manager, write) : sendCall(manager, write)
}

async function sendRaw(manager: EntityManager, { way, raw }: SentRaw): Promise<unknown> {
  const { sql, values } = raw
  switch (way) {
    case 'query':
      return manager.query(sql, [...values])
    case 'repository':
      return manager.getRepository(manager.dataSource.entityMetadatas[0]!.target).query(sql, [...values])
    case 'sql':
      return manager.sql(textOf(sql))
    case 'runner':
      return withRunner(manager, (runner) => runner.query(sql, [...values]))
    case 'stream':
      return withRunner(manager, (runner) => stream(runner, raw))
  }
}

/** What a template literal without values is called with. */
function textOf(sql: string): TemplateStringsArray {
  return Object.assign([sql], { raw: [sql] })
}

async function stream(runner: QueryRunner, { sql, values }: RawWrite): Promise<void> {
  const rows = await runner.stream(sql, [...values])
  rows.resume()
  await finished(rows)
}

/** The runner of a transaction, or one of its own. */
async function withRunner<T>(manager: EntityManager, run: (runner: QueryRunner) => Promise<T>): Promise<T> {
  if (manager.queryRunner !== undefined) return run(manager.queryRunner)
  const runner = manager.dataSource.createQueryRunner()
  try {
    return await run(runner)
  } finally {
    await runner.release()
  }
}

async function sendCall(manager: EntityManager, { model, call }: EntityWrite): Promise<unknown> {
  const repository = manager.getRepository<ObjectLiteral>(model)
  switch (call.call) {
    case 'insert':
      return repository.insert(copies(call.rows))
    case 'upsert':
      return repository.upsert(copies(call.rows), [...call.paths])
    case 'save':
      return repository.save(copies(call.rows), { ...call.options })
    case 'saveLoaded':
      return saveLoaded(repository, call)
    case 'remove':
      return repository.remove(await repository.find({ where: call.where }), { ...call.options })
    case 'softRemove':
      return repository.softRemove(await repository.find({ where: call.where }), { ...call.options })
    case 'recover':
      return repository.recover(await repository.find({ where: call.where, withDeleted: true }), {
        ...call.options,
      })
    case 'update':
      return repository.update(call.where, copy(call.data))
    case 'updateAll':
      return repository.updateAll(copy(call.data))
    case 'increment':
    case 'decrement':
      return repository[call.call](call.where, call.field, call.by)
    case 'delete':
    case 'softDelete':
    case 'restore':
      return repository[call.call](call.where)
    case 'deleteAll':
      return repository.deleteAll()
    case 'clear':
      return repository.clear({ cascade: call.cascade })
    case 'insertBuilder':
      return insertBuilder(repository, call)
    case 'insertFromSelect':
      return insertFromSelect(repository, call)
    case 'updateBuilder':
    case 'deleteBuilder':
    case 'softDeleteBuilder':
    case 'restoreBuilder':
      return changeBuilder(manager, repository, call)
    case 'relationAdd':
    case 'relationRemove':
    case 'relationSet':
      return changeRelation(repository, call)
    case 'foreignTable':
      return manager.createQueryBuilder().insert().into(sideTable).values({}).execute()
    case 'closureRow':
      return manager.query(toggleClosureRow(repository), [call.ancestor, call.descendant])
    case 'synchronize':
      return manager.dataSource.synchronize()
    case 'dropDatabase':
      await manager.dataSource.dropDatabase()
      return manager.dataSource.synchronize()
    case 'migration':
      return migrate(manager, call)
  }
}

/** Takes the row out if it is there, else puts it in. */
function toggleClosureRow({ metadata }: Repository<ObjectLiteral>): string {
  const table = `"${metadata.closureJunctionTable.tableName}"`
  return (
    `WITH gone AS (DELETE FROM ${table} WHERE id_ancestor = $1 AND id_descendant = $2 RETURNING 1) ` +
    `INSERT INTO ${table} SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM gone)`
  )
}

function copy(row: Row): Row {
  return structuredClone(row)
}

/** TypeORM writes keys, versions and dates into what it is given. */
function copies(rows: readonly Row[]): Row[] {
  return rows.map(copy)
}

type CallOf<Name extends Call['call']> = Extract<Call, { call: Name }>

async function saveLoaded(
  repository: Repository<ObjectLiteral>,
  call: CallOf<'saveLoaded'>,
): Promise<unknown> {
  const relations = Object.fromEntries(call.relations.map((name) => [name, true]))
  const options = { where: call.where, relations }
  const entities = await (call.throughCache ? repository.getWithCache(options) : repository.find(options))
  for (const entity of entities) Object.assign(entity, copy(call.change))
  return repository.save(entities, { ...call.options })
}

function insertBuilder(
  repository: Repository<ObjectLiteral>,
  call: CallOf<'insertBuilder'>,
): Promise<unknown> {
  const { metadata } = repository
  const { by, listeners, inTransaction, returning } = call.builder
  const builder = repository
    .createQueryBuilder()
    .insert()
    .into(by === 'entity' ? metadata.target : metadata.tableName)
    .values(copies(call.rows))
    .callListeners(listeners)
    .useTransaction(inTransaction)
  if (call.conflict === 'ignore') builder.orIgnore()
  if (call.conflict === 'update') {
    builder.orUpdate(
      metadata.columns
        .filter(({ propertyName }) => ['rank', 'name'].includes(propertyName))
        .map(({ databaseName }) => databaseName),
      metadata.primaryColumns.map(({ databaseName }) => databaseName),
    )
  }
  if (returning) builder.returning('*')
  return builder.execute()
}

function insertFromSelect(
  repository: Repository<ObjectLiteral>,
  call: CallOf<'insertFromSelect'>,
): Promise<unknown> {
  const { metadata } = repository
  const [from, to] = call.keys as [Row, Row]
  const keys = metadata.primaryColumns.map(({ propertyName }) => propertyName)
  // TypeORM names the columns in the order of the entity's, whatever is said here.
  const names = metadata.columns
    .map(({ propertyName }) => propertyName)
    .filter((name) => keys.includes(name) || call.fields.includes(name))
  return repository
    .createQueryBuilder()
    .insert()
    .into(metadata.target, names)
    .valuesFromSelect((builder) => {
      const select = builder.select([]).from(metadata.target, 's')
      for (const [index, name] of names.entries()) {
        // In brackets it is no property, and keeps its place.
        if (!keys.includes(name)) select.addSelect(`(s.${name})`, `c${index}`)
        else
          select
            .addSelect(cast(repository, `:to${index}`, to[name]), `c${index}`)
            .setParameter(`to${index}`, to[name])
      }
      for (const name of keys)
        select.andWhere(`s.${name} = :from_${name}`).setParameter(`from_${name}`, from[name])
      return select
    })
    .execute()
}

/** PostgreSQL asks of what type a parameter is that is selected. */
function cast({ manager }: Repository<ObjectLiteral>, place: string, value: unknown): string {
  if (manager.dataSource.options.type !== 'postgres') return place
  return `${place}${typeof value === 'number' ? '::int' : '::text'}`
}

function changeBuilder(
  manager: EntityManager,
  repository: Repository<ObjectLiteral>,
  { call, data, where, builder: options }: ChangeBuilder,
): Promise<unknown> {
  const { metadata } = repository
  const table = options.by === 'entity' ? metadata.target : metadata.tableName
  const start = manager.createQueryBuilder()
  const builder = {
    updateBuilder: () => start.update(table).set(copy(data)),
    deleteBuilder: () => start.delete().from(table),
    softDeleteBuilder: () => repository.createQueryBuilder().softDelete(),
    restoreBuilder: () => repository.createQueryBuilder().restore(),
  }[call]()
  builder.where(where).callListeners(options.listeners).useTransaction(options.inTransaction)
  if (options.returning) builder.returning('*')
  return builder.execute()
}

function changeRelation(
  repository: Repository<ObjectLiteral>,
  call: CallOf<'relationAdd' | 'relationRemove' | 'relationSet'>,
): Promise<void> {
  const builder = repository.createQueryBuilder().relation(call.field).of(copy(call.of))
  if (call.call === 'relationSet') return builder.set(call.key === null ? null : copy(call.key))
  return call.call === 'relationAdd' ? builder.add(copies(call.keys)) : builder.remove(copies(call.keys))
}

/** One statement by a migration, which is then undone by the same statement. */
async function migrate(
  { dataSource }: EntityManager,
  { sql, transaction }: CallOf<'migration'>,
): Promise<void> {
  const run = async (runner: QueryRunner) => void (await runner.query(sql))
  const migration = { name: `Write${'1'.padEnd(13, '0')}`, up: run, down: run }
  dataSource.migrations.splice(0, dataSource.migrations.length, migration)
  const executor = new MigrationExecutor(dataSource)
  executor.transaction = transaction
  await executor.executePendingMigrations()
  await executor.undoLastMigration()
}
