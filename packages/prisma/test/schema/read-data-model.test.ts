import { describe, expect, test } from 'vitest'
import {
  type DataModel,
  type Model,
  type RelationField,
  type ScalarField,
  tableOf,
} from '../../src/schema/data-model.js'
import { createReadDependencies } from '../../src/dependencies/read-dependencies.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaClient } from '../generated/client/client.js'
import { PrismaClient as JavaScriptClient } from '../generated/client-js/client.js'
import { postgresqlSchema, sqliteSchema } from '../fixtures/schemas.js'

const postgresql = readDataModel({ inlineSchema: postgresqlSchema })
const sqlite = readDataModel({ inlineSchema: sqliteSchema })

function model(dataModel: DataModel, name: string): Model {
  const found = dataModel.models.get(name)
  if (found === undefined) throw new Error(`The schema has no model ${name}.`)
  return found
}

const relation = (of: Model, name: string): RelationField => of.fields.get(name) as RelationField
const scalar = (of: Model, name: string): ScalarField => of.fields.get(name) as ScalarField

describe('the text of a schema', () => {
  test('is read past comments, strings and braces that only look like structure', () => {
    expect([...postgresql.models.keys()]).toEqual([
      'Customer',
      'Order',
      'OrderLine',
      'product',
      'Part',
      'Legacy',
      'SalesReport',
    ])
    expect(model(postgresql, 'Customer').dbName).toBe('Customers')
    expect(scalar(model(postgresql, 'Customer'), 'note').column).toBe('note')
    expect(model(postgresql, 'Customer').uniques.map(({ fields }) => fields.join())).toEqual([
      'email',
      'full',
      'twinEmail',
    ])
  })

  test('tells the provider and the relation mode', () => {
    expect([postgresql.provider, postgresql.relationMode]).toEqual(['postgresql', 'foreignKeys'])
    const emulated = readDataModel({
      inlineSchema: 'datasource db {\n provider = "mysql"\n relationMode = "prisma"\n}',
    })
    expect([emulated.provider, emulated.relationMode]).toEqual(['mysql', 'prisma'])
  })

  test('gives tables a lower-cased tag without their schema, so two tables of one name share it', () => {
    expect(tableOf(postgresql, 'Customer')).toBe('customers')
    expect(tableOf(postgresql, 'Order')).toBe('order')
    expect(tableOf(postgresql, 'Part')).toBe('order')
    expect(model(postgresql, 'Part').schema).toBe('stock')
    expect(tableOf(postgresql, 'Nobody')).toBeUndefined()
  })

  test('knows the columns with their types, the unsupported and the ignored ones too', () => {
    const customer = model(postgresql, 'Customer')
    expect(customer.columns.has('hidden')).toBe(true)
    expect(customer.fields.has('hidden')).toBe(false)
    expect(scalar(customer, 'where').isUnsupported).toBe(true)
    expect(scalar(customer, 'area').list).toBe(true)
    expect(scalar(customer, 'email').nativeType).toBe('Citext')
    expect(scalar(customer, 'colour').isEnum).toBe(true)
    expect(scalar(customer, 'updated').updatedAt).toBe(true)
    expect(scalar(customer, 'id').default).toEqual({ kind: 'database', text: 'gen_random_uuid()' })
    expect(scalar(customer, 'type').column).toBe('kind')
  })

  test('names compound keys as a query does, and leaves out partial ones', () => {
    expect([...model(postgresql, 'Order').compoundKeys.keys()]).toEqual(['orderKey', 'buyerId_year', 'gift'])
    expect([...model(sqlite, 'Post').compoundKeys.keys()]).toEqual(['authorSlug'])
    expect([...model(sqlite, 'PostLabel').compoundKeys.keys()]).toEqual(['postId_labelId'])
  })

  test('keeps ignored models for their foreign keys only', () => {
    expect(model(postgresql, 'Legacy').ignored).toBe(true)
    expect(model(postgresql, 'Customer').fields.has('legacy')).toBe(false)
    expect(postgresql.foreignKeys).toContainEqual(
      expect.objectContaining({ child: 'legacy', parent: 'customers', onDelete: 'Cascade' }),
    )
  })

  test('knows views', () => {
    expect([...postgresql.views]).toEqual(['sales_report'])
    expect([...sqlite.views]).toEqual(['author_stats'])
  })

  test('accepts attributes over several lines and either line end', () => {
    const inlineSchema = 'model A {\r\n id Int\r\n b Int\r\n @@id([\r\n  id,\r\n  b\r\n ])\r\n}\r\n'
    expect(model(readDataModel({ inlineSchema }), 'A').primaryKey?.fields).toEqual(['id', 'b'])
  })
})

describe('relations', () => {
  test('several between two models are told apart by name', () => {
    const user = model(sqlite, 'User')
    expect(relation(user, 'posts').foreignKey?.columns).toEqual(['author_id'])
    expect(relation(user, 'reviews').foreignKey?.columns).toEqual(['reviewer_id'])
    expect(relation(model(sqlite, 'Post'), 'author').foreignKey).toEqual(relation(user, 'posts').foreignKey)
  })

  test('a self-relation has one foreign key, seen from both sides', () => {
    const comment = model(sqlite, 'Comment')
    expect(relation(comment, 'parent').foreignKey).toEqual(relation(comment, 'replies').foreignKey)
    expect(sqlite.foreignKeys.filter(({ relation: name }) => name === 'Replies')).toHaveLength(1)
  })

  test('an implicit many-to-many relation has a table, named by the models in the order of their characters', () => {
    expect(relation(model(sqlite, 'Post'), 'tags').joinTable).toBe('_posttotag')
    expect(relation(model(sqlite, 'User'), 'followers').joinTable).toBe('_follows')
    expect(relation(model(postgresql, 'product'), 'watchers').joinTable).toBe('_customertoproduct')
    expect(sqlite.tables.has('_posttotag')).toBe(true)
    expect(sqlite.foreignKeys.filter(({ child }) => child === '_posttotag')).toEqual([
      expect.objectContaining({ parent: 'post', columns: ['a'], references: ['id'], onDelete: 'Cascade' }),
      expect.objectContaining({ parent: 'tag', columns: ['b'], references: ['id'], onDelete: 'Cascade' }),
    ])
  })

  test('a relation that is optional over a required column restricts', () => {
    expect(relation(model(postgresql, 'OrderLine'), 'order').foreignKey?.onDelete).toBe('Restrict')
  })

  test('an action of a later Prisma counts as one that travels on', () => {
    const inlineSchema =
      'model A {\n id Int @id\n b B[]\n}\nmodel B {\n id Int @id\n aId Int\n a A @relation(fields: [aId], references: [id], onDelete: Archive)\n}\n'
    expect(readDataModel({ inlineSchema }).foreignKeys[0]?.onDelete).toBe('Cascade')
  })
})

describe('the check against the client', () => {
  const adapter = new PrismaBetterSqlite3({ url: ':memory:' })
  const runtimeDataModel: unknown = Reflect.get(new PrismaClient({ adapter }), '_runtimeDataModel')

  test.each([
    ['prisma-client', new PrismaClient({ adapter })],
    ['prisma-client-js', new JavaScriptClient({ adapter })],
  ])('finds that the schema inside a client of the generator %s is its own', (_, client) => {
    const { inlineSchema } = Reflect.get(client, '_engineConfig') as { inlineSchema: string }
    const dataModel = readDataModel({
      inlineSchema,
      runtimeDataModel: Reflect.get(client, '_runtimeDataModel'),
    })
    expect(dataModel.gaps).toEqual([])
    expect(dataModel.schemaHash).toBe(sqlite.schemaHash)
  })

  test.each([
    ['a table', sqliteSchema.replace('@@map("comments")', '@@map("remarks")'), 'Comment'],
    ['a column', sqliteSchema.replace('bio    String', 'vita   String'), 'Profile'],
    ['a type', sqliteSchema.replace('rating    Float?', 'rating    Int?'), 'Post'],
    ['the name of a relation', sqliteSchema.replaceAll('"RelatedCategories"', '"Related"'), 'Category'],
    ['a whole model', sqliteSchema.replace(/model Tag \{[^}]*\}/, ''), 'Tag'],
  ])('finds %s that differs, and believes the client about that model', (_, inlineSchema, name) => {
    const dataModel = readDataModel({ inlineSchema, runtimeDataModel })
    expect(dataModel.gaps.join()).toContain(name)
    expect(model(dataModel, name).known).toBe(false)
    expect(model(dataModel, name).table).toBe(tableOf(sqlite, name))
    expect(model(dataModel, 'Team').known).toBe(true)
  })

  test('lets a delete travel to a model that only the client knows', () => {
    const inlineSchema = sqliteSchema.replace(/model Tag \{[^}]*\}/, '')
    const dataModel = readDataModel({ inlineSchema, runtimeDataModel })
    const keys = dataModel.foreignKeys.filter(({ parent }) => parent === 'post').map(({ child }) => child)
    expect(keys).toEqual(expect.arrayContaining(['tag', '_posttotag']))
  })

  test('knows what the client calls the table of a model that the text does not have', () => {
    const inlineSchema = sqliteSchema.replace(/model Comment \{[^}]*\}/, '')
    const dataModel = readDataModel({ inlineSchema, runtimeDataModel })
    expect(model(dataModel, 'Post').known).toBe(true)
    expect(relation(model(dataModel, 'Post'), 'comments').model).toBe('Comment')
    expect([dataModel.tables.has('comments'), dataModel.tables.has('comment')]).toEqual([true, false])
    expect(createReadDependencies(dataModel)('Post', 'findMany', { include: { comments: true } })).toBe('all')
  })

  test('takes everything from the client when the text is missing or is no schema', () => {
    for (const inlineSchema of [undefined, '', 'model {', 'model A {\n id Int @id(\n']) {
      const dataModel = readDataModel({ inlineSchema, runtimeDataModel })
      expect([...dataModel.models.keys()].sort()).toEqual([...sqlite.models.keys()].sort())
      expect([...dataModel.models.values()].every(({ known }) => !known)).toBe(true)
      expect([...sqlite.tables].filter((table) => !dataModel.tables.has(table))).toEqual([])
    }
  })

  test('says where a text stops being a schema', () => {
    expect(readDataModel({ inlineSchema: 'model A {\n  id Int @id(\n' }).gaps[0]).toContain('Line 3')
  })

  test('has nothing to say without any source', () => {
    const dataModel = readDataModel({})
    expect([dataModel.models.size, dataModel.tables.size, dataModel.gaps.length]).toEqual([0, 0, 0])
  })
})

describe('the schema hash', () => {
  const hash = (inlineSchema: string): string => readDataModel({ inlineSchema }).schemaHash
  const model1 = 'model A {\n id Int @id\n}\n'
  const model2 = 'model B {\n id Int @id // comment\n s S\n}\nenum S {\n X\n Y\n}\n'

  test('does not change with layout, comments, generators and the order of blocks', () => {
    expect(hash(model1 + model2)).toMatch(/^[0-9a-f]{32}$/)
    expect(
      hash(`${model2}/// doc\n${model1.replaceAll(' ', '   ')}generator g {\n provider = "x"\n}\n`),
    ).toBe(hash(model1 + model2))
  })

  test.each([
    ['a field', model1.replace('id Int', 'x Int?\n id Int')],
    ['a type', model1.replace('Int', 'BigInt')],
    ['an arity', model1.replace('Int @id', 'Int? @id')],
    ['a table', model1.replace('}', '@@map("b")\n}')],
    ['a column', model1.replace('@id', '@id @map("b")')],
  ])('changes with %s', (_, changed) => {
    expect(hash(changed + model2)).not.toBe(hash(model1 + model2))
  })

  test('changes with the values of an enum', () => {
    expect(hash(model1 + model2.replace(' Y\n', ''))).not.toBe(hash(model1 + model2))
  })
})
