import type { Chance } from '../../../../test/copies/chance.js'
import type { DataSource, EntityManager, EntityMetadata, ObjectLiteral } from 'typeorm'
import { print } from './print.js'
import type { ReadMaker } from './random-read.js'
import { valueFor } from './values.js'

const names = [
  'Post',
  'Post',
  'Post',
  'Person',
  'Person',
  'Comment',
  'Comment',
  'Membership',
  'Club',
  'Label',
  'Article',
]

type Repository = ReturnType<EntityManager['getRepository']>

/** Writes of every kind that TypeORM knows, at random. */
export class WriteMaker {
  readonly #chance: Chance
  readonly #dataSource: DataSource
  readonly #reads: ReadMaker

  constructor(chance: Chance, dataSource: DataSource, reads: ReadMaker) {
    this.#chance = chance
    this.#dataSource = dataSource
    this.#reads = reads
  }

  /** Sends one, in a transaction or not, and says what it was. */
  async write(): Promise<string> {
    const { manager } = this.#dataSource
    if (!this.#chance.isOneIn(8)) return this.#write(manager)
    return manager.transaction(async (own) => `${await this.#write(own)}; ${await this.#write(own)}`)
  }

  async #write(manager: EntityManager): Promise<string> {
    const chance = this.#chance
    const metadata = this.#dataSource.getMetadata(chance.of(names))
    const repository = manager.getRepository(metadata.target)
    const kind = chance.of([
      'insert',
      'insert',
      'insertMany',
      'save',
      'change',
      'change',
      'update',
      'update',
      'updateBy',
      'updateWhere',
      'delete',
      'remove',
      'deleteBy',
      'softDelete',
      'restore',
      'increment',
      'upsert',
      'link',
      'raw',
    ] as const)
    const said = await this.#send(kind, metadata, repository, manager)
    return `${metadata.name}.${kind} ${said}`
  }

  async #send(
    kind: string,
    metadata: EntityMetadata,
    repository: Repository,
    manager: EntityManager,
  ): Promise<string> {
    const chance = this.#chance
    const key = () => this.#key(metadata)
    const changes = () => this.#values(metadata, 2)
    switch (kind) {
      case 'insertMany':
        return this.#with([this.#row(metadata), this.#row(metadata)], (rows) => repository.insert(rows))
      case 'save':
        return this.#with(this.#row(metadata), (row) => repository.save(repository.create(row)))
      case 'change': {
        const found = await repository.findOne({ where: key(), withDeleted: chance.isOneIn(4) })
        if (found === null) return 'nothing'
        return this.#with(Object.assign(found, changes()), (entity) => repository.save(entity))
      }
      case 'update':
        return this.#with([key(), changes()] as const, ([where, values]) => repository.update(where, values))
      case 'updateBy':
      case 'updateWhere':
        return this.#with([this.#reads.where(metadata, 0), changes()] as const, ([where, values]) =>
          Object.keys(where).length === 0
            ? repository.updateAll(values)
            : repository.update(where as never, values),
        )
      case 'delete':
        return this.#with(key(), (where) => repository.delete(where))
      case 'deleteBy':
        return this.#with(this.#reads.where(metadata, 0), (where) =>
          Object.keys(where).length === 0 ? Promise.resolve() : repository.delete(where as never),
        )
      case 'remove': {
        const found = await repository.findOne({ where: key() })
        return found === null ? 'nothing' : this.#with(found, (entity) => repository.remove(entity))
      }
      case 'softDelete':
        if (metadata.deleteDateColumn === undefined) return 'nothing'
        return this.#with(key(), (where) => repository.softDelete(where))
      case 'restore':
        if (metadata.deleteDateColumn === undefined) return 'nothing'
        return this.#with(key(), (where) => repository.restore(where))
      case 'increment': {
        const column = chance.of(metadata.ownColumns.filter(({ type }) => type === 'int'))
        return this.#with([key(), column.propertyPath] as const, ([where, path]) =>
          repository.increment(where, path, 1),
        )
      }
      case 'upsert': {
        const unique = metadata.ownUniques[0]?.columns[0]?.propertyPath
        const conflict = unique ?? metadata.primaryColumns.map(({ propertyPath }) => propertyPath)
        return this.#with(this.#row(metadata, unique === undefined), (row) =>
          repository.upsert(row, typeof conflict === 'string' ? [conflict] : conflict),
        )
      }
      case 'link':
        return this.#link(manager)
      case 'raw':
        return this.#raw(metadata, manager)
      default:
        return this.#with(this.#row(metadata), (row) => repository.insert(row))
    }
  }

  async #with<T>(given: T, send: (given: T) => Promise<unknown>): Promise<string> {
    const said = print(given)
    await send(given)
    return said
  }

  /** Of rows of a many-to-many relation, or of a relation of one. */
  async #link(manager: EntityManager): Promise<string> {
    const chance = this.#chance
    const [from, to] = [1 + chance.upTo(3), 1 + chance.upTo(3)]
    const labels = manager.createQueryBuilder().relation('Post', 'labels').of(from)
    switch (chance.of(['add', 'add', 'remove', 'set', 'comments'])) {
      case 'add':
        await labels.add(to)
        return `labels of ${from} add ${to}`
      case 'remove':
        await labels.remove(to)
        return `labels of ${from} remove ${to}`
      case 'set':
        await manager.createQueryBuilder().relation('Post', 'author').of(from).set(to)
        return `author of ${from} set ${to}`
      default:
        await manager.createQueryBuilder().relation('Post', 'comments').of(from).add(to)
        return `comments of ${from} add ${to}`
    }
  }

  /** Statements of one's own, with quotes as the database has them. */
  async #raw(
    { tableName, ownColumns, primaryColumns }: EntityMetadata,
    manager: EntityManager,
  ): Promise<string> {
    const chance = this.#chance
    const { driver } = manager.dataSource
    const quoted = (name: string) => driver.escape(name)
    const column = chance.of(
      ownColumns.filter(({ isDiscriminator, type }) => !isDiscriminator && type !== Date),
    )
    const key = chance.of([primaryColumns[0]!, column])
    const literal = (value: unknown) => (typeof value === 'number' ? String(value) : `'${String(value)}'`)
    const condition = `${quoted(key.databaseName)} = ${literal(valueFor(key, chance))}`
    const sql = chance.isOneIn(4)
      ? `DELETE FROM ${quoted(tableName)} WHERE ${condition} OR ${condition}`
      : `UPDATE ${quoted(tableName)} SET ${quoted(column.databaseName)} = ${literal(valueFor(column, chance))} WHERE ${condition}`
    await manager.query(sql)
    return sql
  }

  #key(metadata: EntityMetadata): ObjectLiteral {
    const chance = this.#chance
    const unique = metadata.ownUniques[0]?.columns
    const columns = unique !== undefined && chance.isOneIn(3) ? unique : metadata.primaryColumns
    return Object.fromEntries(columns.map((column) => [column.propertyPath, valueFor(column, chance)]))
  }

  /** A whole row; the database makes most keys. */
  #row(metadata: EntityMetadata, withKey = this.#chance.isOneIn(3)): ObjectLiteral {
    const row: ObjectLiteral = {}
    for (const column of metadata.ownColumns) {
      const isLeftOut = column.isGenerated ? !withKey : column.isNullable && this.#chance.isOneIn(3)
      if (isLeftOut || column.isDiscriminator || column.isUpdateDate || column.isDeleteDate) continue
      row[column.propertyPath] = valueFor(column, this.#chance)
    }
    return row
  }

  #values(metadata: EntityMetadata, count: number): ObjectLiteral {
    const chance = this.#chance
    const columns = metadata.ownColumns.filter(
      (column) =>
        !column.isDiscriminator && !column.isUpdateDate && (!column.isPrimary || chance.isOneIn(10)),
    )
    return Object.fromEntries(
      chance
        .some(columns, count)
        .map((column) => [
          column.propertyPath,
          column.isNullable && chance.isOneIn(4) ? null : valueFor(column, chance),
        ]),
    )
  }
}
