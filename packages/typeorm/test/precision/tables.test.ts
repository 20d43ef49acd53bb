import { createValueBucket } from '@freshet/core/adapter'
import type { Catalogue } from '@freshet/sql'
import { catalogueQueries, readCatalogue } from '@freshet/sql'
import type { DataSource } from 'typeorm'
import { DataSource as Source, EntitySchema } from 'typeorm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TablePrecisionOptions } from '../../src/precision/table-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { createWorldOf } from './entities.js'

let dataSource: DataSource
let catalogue: Catalogue

const catalogueOfSqlite = async (of: DataSource): Promise<Catalogue> =>
  readCatalogue('sqlite', await of.query(catalogueQueries.sqlite))

beforeAll(async () => {
  dataSource = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
  await dataSource.query(
    'CREATE TABLE legacy (code varchar(10) PRIMARY KEY, owner integer, UNIQUE (owner, code))',
  )
  catalogue = await catalogueOfSqlite(dataSource)
})
afterAll(() => dataSource.destroy())

const declared = { dependsOn: {}, tables: ['legacy'] }

function tablesOf(options: Partial<TablePrecisionOptions> = {}, of = dataSource) {
  return createTablePrecisions(of, {
    catalogueOf: (table) => catalogue.tables.get(table),
    declared,
    bucketOf: createValueBucket('s'),
    ...options,
  })
}

const why = (table: string, options: Partial<TablePrecisionOptions> = {}) => {
  const precision = tablesOf(options).of(table)
  return precision.grain === 'table' ? precision.reason : undefined
}

const keysOf = (table: string, options: Partial<TablePrecisionOptions> = {}) => {
  const precision = tablesOf(options).of(table)
  return precision.grain === 'row' ? precision.keys.map(({ columns }) => columns.join()) : precision.reason
}

const rowKeyOf = (table: string) => {
  const precision = tablesOf().of(table)
  return precision.grain === 'row' ? precision.rowKey?.columns : precision.reason
}

describe('a table is told apart', () => {
  it('by its primary key, uniques and foreign keys, whether a constraint is made for them or not', () => {
    expect(rowKeyOf('post')).toEqual(['id'])
    expect(keysOf('post')).toEqual(['id', 'slug', 'authorId', 'reviewerId'])
  })

  it('by columns, not by properties', () => {
    expect(keysOf('person', { entities: { Person: { watch: ['nick'] } } })).toEqual([
      'id',
      'email',
      'clubCode',
      'nick_name',
    ])
  })

  it('by a key of two columns as a whole, and by each of them', () => {
    expect(rowKeyOf('membership')).toEqual(['personId', 'team'])
    expect(keysOf('membership')).toEqual(['personId,team', 'personId', 'team'])
  })

  it('by a unique that only some rows are held to', async () => {
    const coupon = new EntitySchema({
      name: 'Coupon',
      columns: { id: { type: 'int', primary: true }, code: { type: 'varchar' } },
      indices: [{ columns: ['code'], unique: true, where: 'id > 0' }],
    })
    const source = new Source({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [coupon],
      synchronize: true,
    })
    await source.initialize()
    const { tables } = await catalogueOfSqlite(source)
    const catalogueOf = (table: string) => tables.get(table)
    const precision = tablesOf({ catalogueOf, declared: { dependsOn: {}, tables: [] } }, source).of('coupon')
    await source.destroy()
    expect(precision.grain === 'row' && precision.keys.map(({ columns }) => columns)).toEqual([
      ['id'],
      ['code'],
    ])
  })

  it('by both sides of a join table', () => {
    expect(rowKeyOf('post_label')).toEqual(['postId', 'labelId'])
    expect(keysOf('post_label')).toEqual(['postId,labelId', 'postId', 'labelId'])
  })

  it('by what is watched, alone or together', () => {
    const entities = { Post: { watch: ['title', ['author', 'score']] } }
    expect(keysOf('post', { entities })).toEqual([
      'id',
      'authorId,score',
      'slug',
      'authorId',
      'reviewerId',
      'title',
      'score',
    ])
  })

  it('once for all entities of an inheritance', () => {
    expect(keysOf('content', { entities: { Article: { watch: ['words'] } } })).toEqual(['id', 'words'])
  })

  it('by the catalogue alone if it is declared and no entity is made for it', () => {
    expect(rowKeyOf('legacy')).toEqual(['code'])
    expect(keysOf('legacy')).toEqual(['code', 'owner,code', 'owner'])
  })
})

describe('a table is wide', () => {
  it('if its columns are not known', () => {
    expect(why('post')).toBeUndefined()
    expect(why('post', { catalogueOf: () => undefined })).toContain('not known from the database')
  })

  it('if the database may change rows that no statement names', async () => {
    const changed = await createWorldOf({ type: 'better-sqlite3', database: ':memory:' })
    await changed.query('CREATE TRIGGER t AFTER UPDATE ON post BEGIN SELECT 1; END')
    const { tables } = await catalogueOfSqlite(changed)
    await changed.destroy()
    expect(why('post', { catalogueOf: (table) => tables.get(table) })).toContain('trigger')
    expect(why('person', { catalogueOf: (table) => tables.get(table) })).toBeUndefined()
  })

  it('if its entity, or one that shares it, says so', () => {
    expect(why('post', { entities: { Post: { precision: 'table' } } })).toBe("its precision is 'table'")
    expect(why('content', { entities: { Article: { precision: 'table' } } })).toBe("its precision is 'table'")
    expect(why('person', { entities: { Post: { precision: 'table' } } })).toBeUndefined()
  })

  it('if nobody knows it', () => {
    expect(why('other')).toContain('not declared')
    expect(why('legacy', { declared: { dependsOn: {}, tables: [] } })).toContain('not declared')
  })

  it('if it is a view, or is made from other tables', () => {
    expect(why('post_view', { catalogueOf: () => catalogue.tables.get('label') })).toBe('it is a view')
    expect(why('club', { declared: { dependsOn: { Club: ['Person'] }, tables: [] } })).toContain('dependsOn')
  })

  it('if two tables share its name, or it is in another database', async () => {
    const columns = { id: { type: 'int', primary: true } } as const
    const one = new EntitySchema({ name: 'One', tableName: 'x', columns })
    const other = new EntitySchema({ name: 'Other', tableName: 'X', columns })
    const away = new EntitySchema({ name: 'Away', tableName: 'away', columns })
    const several = new Source({
      type: 'better-sqlite3',
      database: ':memory:',
      entities: [one, other, away],
    })
    await several.initialize()
    several.getMetadata('Away').database = 'away.db'
    const known = {
      catalogueOf: () => catalogue.tables.get('label'),
      declared: { dependsOn: {}, tables: [] },
    }
    const reasonOf = (table: string) => {
      const precision = tablesOf(known, several).of(table)
      return precision.grain === 'table' ? precision.reason : undefined
    }
    expect(reasonOf('x')).toBe('several tables share its name')
    expect(reasonOf('away')).toBe('it is in another database')
    await several.destroy()
  })
})

it('a statement that names the table of another schema tells nothing of it', () => {
  const tables = tablesOf()
  expect(tables.columnsOf({ name: 'Post' })?.named('authorId')).toBeDefined()
  expect(tables.columnsOf({ name: 'post', schema: 'other' })).toBeUndefined()
  expect(tables.columnsOf({ name: 'post_view' })).toBeUndefined()
})

it('columns that change by themselves are told by the entity, and name nothing', () => {
  const post = tablesOf({ entities: { Post: { watch: ['updatedAt'] } } }).of('post')
  expect(post.grain === 'row' && post.selfChanging).toEqual(['updatedAt'])
  expect(post.grain === 'row' && post.keys.some(({ columns }) => columns.includes('updatedAt'))).toBe(false)
})

it('names of options that the entities do not have are refused', () => {
  const withEntities = (entities: unknown) => () =>
    tablesOf({ entities: entities as TablePrecisionOptions['entities'] })
  expect(withEntities({ Pots: {} })).toThrow(/'Pots'.*Did you mean 'Post'/)
  expect(withEntities({ Post: { watch: ['titel'] } })).toThrow(/'titel'.*Did you mean 'title'/)
  expect(withEntities({ Post: { watch: 'title' } })).toThrow(/must be an array/)
  expect(withEntities({ Post: { watch: [1] } })).toThrow(/must be an array of property names/)
  expect(withEntities({ Post: { precison: 'row' } })).toThrow(/Did you mean 'precision'/)
  expect(withEntities({ Post: 'table' })).toThrow(/'entities.Post' takes an object/)
  expect(withEntities({ Post: { watch: ['comments'] } })).toThrow(/no property of it has a column/)
  expect(withEntities({ Post: { precision: 'rows' } })).toThrow(/'row' or 'table'/)
})
