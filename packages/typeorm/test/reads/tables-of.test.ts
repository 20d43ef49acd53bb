import 'reflect-metadata'
import type { DataSource } from 'typeorm'
import { DataSource as TypeOrmDataSource, EntitySchema } from 'typeorm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setTableOptions } from '../../src/declared.js'
import { readPlanOf, tablesOf } from '../../src/reads/index.js'
import { Category, Content, Folder, Note, Post, PostSummary, User } from '../support/entities.js'
import { createDatabase, openPlain } from '../rows/data-source.js'

let dataSource: DataSource

beforeAll(async () => {
  dataSource = await openPlain(await createDatabase('better-sqlite3'))
})

afterAll(async () => {
  await dataSource.destroy()
})

const tables = (read: Parameters<typeof tablesOf>[0], of = dataSource) => tablesOf(read, of)?.toSorted()

describe('the tables of a read', () => {
  test('of one entity', () => {
    expect(tables(dataSource.createQueryBuilder(Note, 'n'))).toEqual(['notes'])
  })

  test('with a list for IN, which the text has only once its parameters are known', () => {
    const read = dataSource.createQueryBuilder(Note, 'n').where('n.id IN (:...ids)', { ids: [1, 2] })
    expect(tables(read)).toEqual(['notes'])
  })

  test('with joins, through a junction', () => {
    const read = dataSource.createQueryBuilder(Post, 'p').leftJoin('p.labels', 'l').innerJoin('p.author', 'a')
    expect(tables(read)).toEqual(['labels', 'posts', 'posts_labels_labels', 'users'])
  })

  test('in conditions and sub-queries', () => {
    const read = dataSource
      .createQueryBuilder(Note, 'n')
      .where((query) => `n.authorId IN ${query.subQuery().select('u.id').from(User, 'u').getQuery()}`)
      .orWhere('EXISTS (SELECT 1 FROM memberships m WHERE m.userId = n.authorId)')
    expect(tables(read)).toEqual(['memberships', 'notes', 'users'])
  })

  test('of a closure tree', () => {
    const read = dataSource.manager
      .getTreeRepository(Category)
      .createDescendantsQueryBuilder('c', 'closure', Object.assign(new Category(), { id: 1 }))
    expect(tables(read)).toEqual(['categories', 'categories_closure'])
  })

  test('of a nested set, and of a child of a single-table inheritance', () => {
    expect(tables(dataSource.createQueryBuilder(Folder, 'f'))).toEqual(['folders'])
    expect(tables(dataSource.createQueryBuilder(Content, 'c'))).toEqual(['contents'])
  })

  test('of a view: itself and what it reads', () => {
    expect(tables(dataSource.createQueryBuilder(PostSummary, 's'))).toEqual([
      'post_summaries',
      'posts',
      'users',
    ])
  })

  test('whatever the case, the quotes and the schema', () => {
    expect(tables('SELECT * FROM "main"."NOTES" AS n, [users]')).toEqual(['notes', 'users'])
  })

  test('of a common table expression, without its name', () => {
    expect(tables('WITH mine AS (SELECT * FROM notes) SELECT * FROM mine')).toEqual(['notes'])
  })

  test('of nothing', () => {
    expect(tables('SELECT 1')).toEqual([])
  })

  test.each([
    ['a table that is no entity', 'SELECT * FROM audit_log'],
    ['one beside an entity', 'SELECT * FROM notes, audit_log'],
    ['a function of the user', 'SELECT my_function(id) FROM notes'],
    ['what is not understood', 'PLEASE SELECT 1'],
    ['a text that does not end', "SELECT 'x FROM notes"],
  ])('that nobody can tell: %s', (_, sql) => {
    expect(tablesOf(sql, dataSource)).toBeUndefined()
  })
})

describe('views', () => {
  const table = new EntitySchema({
    name: 'Base',
    tableName: 'base',
    columns: { id: { type: 'int', primary: true }, a_view: { type: 'int' } },
  })
  const view = (name: string, expression: string | ((of: DataSource) => never), schema?: string) =>
    new EntitySchema({
      name: `${schema ?? ''}${name}`,
      tableName: name,
      type: 'view',
      expression,
      columns: { id: { type: 'int' } },
      ...(schema === undefined ? {} : { schema }),
    })

  async function withViews(...views: EntitySchema[]): Promise<DataSource> {
    const of = new TypeOrmDataSource({ type: 'postgres', entities: [table, ...views] })
    await (of as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas()
    return of
  }

  test('of views', async () => {
    const of = await withViews(view('inner', 'SELECT id FROM base'), view('outer', 'SELECT id FROM "inner"'))
    expect(tables('SELECT * FROM "outer"', of)).toEqual(['base', 'inner', 'outer'])
  })

  test('that seem to read each other, since names stand without schemas', async () => {
    const of = await withViews(
      view('a', 'SELECT id FROM two.b', 'one'),
      view('b', 'SELECT id FROM three.a', 'two'),
      view('a', 'SELECT id FROM base', 'three'),
    )
    for (const sql of ['SELECT * FROM one.a', 'SELECT * FROM two.b']) {
      expect(tables(sql, of)).toEqual(['a', 'b', 'base'])
    }
  })

  const untold: readonly (readonly [string, string | (() => never)])[] = [
    ['reads what is no entity', 'SELECT id FROM elsewhere'],
    ['calls a function of the user', 'SELECT my_function(id) AS id FROM base'],
    ['is not understood', 'PLEASE'],
    [
      'cannot be built',
      () => {
        throw new Error('no such entity')
      },
    ],
  ]

  test.each(untold)('of which nobody can tell: it %s', async (_, expression) => {
    const of = await withViews(view('v', expression))
    expect(tablesOf('SELECT * FROM v', of)).toBeUndefined()
    expect(tables('SELECT * FROM base', of)).toEqual(['base'])
  })

  test.each(untold)('of which dependsOn tells, since it %s', async (_, expression) => {
    const of = await withViews(view('v', expression), view('outer', 'SELECT id FROM v'))
    setTableOptions(of, { dependsOn: { v: ['Base'] }, tables: [] })
    expect(tables('SELECT * FROM v', of)).toEqual(['base', 'v'])
    expect(tables('SELECT * FROM "outer"', of)).toEqual(['base', 'outer', 'v'])
  })

  test('of which more is declared than they say', async () => {
    const of = await withViews(view('v', 'SELECT id FROM base'))
    setTableOptions(of, { dependsOn: { v: ['public.Legacy'] }, tables: ['legacy'] })
    expect(tables('SELECT * FROM v', of)).toEqual(['base', 'legacy', 'v'])
  })

  test('and tables that no entity is made for', async () => {
    const of = await withViews()
    expect(tablesOf('SELECT * FROM legacy.orders', of)).toBeUndefined()
    setTableOptions(of, { dependsOn: {}, tables: ['legacy.Orders'] })
    expect(tables('SELECT * FROM legacy.orders', of)).toEqual(['orders'])
  })
})

describe('what may not be served', () => {
  let of: DataSource

  beforeAll(async () => {
    of = new TypeOrmDataSource({ type: 'postgres', entities: [Note, User, Post] })
  })

  test.each([
    ['write', 'WITH gone AS (DELETE FROM notes RETURNING id) SELECT * FROM gone'],
    ['lock', 'SELECT * FROM notes FOR UPDATE'],
    ['lock', 'SELECT * FROM (SELECT * FROM notes FOR SHARE) n'],
    ['session', "SELECT set_config('search_path', 'other', false)"],
    ['not understood', 'PLEASE'],
    [undefined, "SELECT 'FOR UPDATE' FROM notes"],
  ])('%s: %s', (obstacle, sql) => {
    expect(readPlanOf(of, sql).obstacle).toBe(obstacle)
  })

  test('anything of a database whose SQL is not read', () => {
    const other = { options: { type: 'oracle' }, entityMetadatas: [] } as unknown as DataSource
    expect(readPlanOf(other, 'SELECT 1')).toMatchObject({ obstacle: 'dialect', tables: undefined })
  })

  test('remembered as long as the entities are the same', async () => {
    expect(readPlanOf(of, 'SELECT * FROM later')).toBe(readPlanOf(of, 'SELECT * FROM later'))
    expect(readPlanOf(of, 'SELECT * FROM later').tables).toBeUndefined()
    const later = new EntitySchema({
      name: 'Later',
      tableName: 'Later',
      columns: { id: { type: 'int', primary: true } },
    })
    of.setOptions({ entities: [later] })
    await (of as unknown as { buildMetadatas(): Promise<void> }).buildMetadatas()
    expect(readPlanOf(of, 'SELECT * FROM later').tables).toEqual(['later'])
  })
})
