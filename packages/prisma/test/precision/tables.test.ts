import { describe, expect, it } from 'vitest'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions, type TablePrecisionOptions } from '../../src/precision/table-precision.js'
import { createValueBucket } from '@freshet/core/adapter'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { columnsByTable, dataModel } from './known.js'

const bucketOf = createValueBucket('s')
const columnsOf: TablePrecisionOptions['columnsOf'] = (table) => columnsByTable.get(table)

const why = (table: string, options: Partial<TablePrecisionOptions> = {}, model = dataModel) => {
  const precision = createTablePrecisions(model, { columnsOf, bucketOf, ...options }).of(table)
  return precision.grain === 'table' ? precision.reason : undefined
}

describe('a table is wide', () => {
  it('if its columns are not known', () => {
    expect(why('post')).toBeUndefined()
    expect(why('post', { columnsOf: () => undefined })).toContain('columns are not known')
  })

  it('if its model says so', () => {
    expect(why('post', { models: { Post: { precision: 'table' } } })).toBe("its precision is 'table'")
    expect(why('people', { models: { Post: { precision: 'table' } } })).toBeUndefined()
  })

  it('if the schema does not have it', () => {
    expect(why('other')).toBe('the schema does not tell what it is')
  })

  it('if it is made from others, or is a view', () => {
    const withView = readDataModel({
      inlineSchema: 'model A {\n id Int @id\n}\nmodel B {\n id Int @id\n}\nview C {\n id Int @unique\n}',
    })
    const columns = () => columnsByTable.get('tags')
    expect(why('a', { columnsOf: columns }, withView)).toBeUndefined()
    expect(why('a', { columnsOf: columns, dependsOn: { A: ['B'] } }, withView)).toContain('dependsOn')
    expect(why('c', { columnsOf: columns, dependsOn: { C: ['B'] } }, withView)).toBe('it is a view')
  })

  it('if two models share its name', () => {
    const shared = readDataModel({
      inlineSchema: 'model A {\n id Int @id\n @@map("x")\n}\nmodel B {\n id Int @id\n @@map("X")\n}',
    })
    expect(why('x', { columnsOf: () => columnsByTable.get('tags') }, shared)).toBe(
      'several models share its name',
    )
  })

  it('if the client has its model otherwise', () => {
    const other = readDataModel({
      inlineSchema: 'model A {\n id Int @id\n}',
      runtimeDataModel: { models: { A: { fields: [{ name: 'key', type: 'Int', kind: 'scalar' }] } } },
    })
    expect(why('a', { columnsOf: () => columnsByTable.get('tags') }, other)).toContain('otherwise')
  })
})

describe('a read', () => {
  const withView = readDataModel({ inlineSchema: 'model B {\n id Int @id\n}\nview C {\n id Int @unique\n}' })
  const precisionOf = (dependsOn: TablePrecisionOptions['dependsOn']) => {
    const tables = createTablePrecisions(withView, { columnsOf, bucketOf, dependsOn })
    return createReadPrecision(withView, { tables, dependsOn, anyTable: '*' })
  }

  it('of a view depends on every write to the tables behind it', () => {
    const read = precisionOf({ C: ['B'] }).read('C', 'findMany', {})
    expect([...read.tags].toSorted()).toEqual(['b', 'b~', 'c', 'c~'])
  })

  it('of a view that nobody describes depends on everything', () => {
    expect(precisionOf(undefined).read('C', 'findMany', {}).tags).toEqual(['*'])
  })
})

it('names of options that the schema does not have are refused', () => {
  const withModels = (models: unknown) => () =>
    createTablePrecisions(dataModel, {
      columnsOf,
      bucketOf,
      models: models as TablePrecisionOptions['models'],
    })
  expect(withModels({ Pots: {} })).toThrow(/'Pots'.*Did you mean 'Post'/)
  expect(withModels({ Post: { watch: ['titel'] } })).toThrow(/'titel'.*Did you mean 'title'/)
  expect(withModels({ Post: { watch: 'title' } })).toThrow(/must be an array/)
  expect(withModels({ Post: { watch: [1] } })).toThrow(/must be an array of field names/)
  expect(withModels({ Post: { volatile: ['vews'] } })).toThrow(/volatile.*'vews'.*Did you mean 'views'/)
  expect(withModels({ Post: { volatile: 'views' } })).toThrow(/volatile' must be an array of field names/)
  expect(withModels({ Post: { volatile: [['views']] } })).toThrow(/volatile' must be an array of field names/)
  expect(withModels({ Post: { precision: 'rows' } })).toThrow(/'row' or 'table'/)
})

it('a column that every update assigns is volatile, whatever is said of others', () => {
  const updated = readDataModel({
    inlineSchema: 'model Tag {\n id Int @id\n label DateTime @updatedAt\n @@map("tags")\n}',
  })
  for (const models of [{}, { Tag: { volatile: [] } }]) {
    const tags = createTablePrecisions(updated, { columnsOf, bucketOf, models }).of('tags')
    expect(tags.grain === 'row' && [['id'], ['label']].map(tags.areStable)).toEqual([true, false])
  }
})

it('what a column holds that the database computes names nothing', () => {
  const generated = readDataModel({
    inlineSchema:
      'model Tag {\n id Int @id\n label String @unique @default(dbgenerated("(lower(id))"))\n @@map("tags")\n}',
  })
  const tags = createTablePrecisions(generated, { columnsOf, bucketOf }).of('tags')
  expect(tags.grain === 'row' && tags.keys.map(({ columns }) => columns)).toEqual([['id']])
  expect(tags.grain === 'row' && tags.selfChanging).toEqual(['label'])
})
