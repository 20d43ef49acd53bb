import { describe, expect, test } from 'vitest'
import {
  createLiveCatalogue,
  createLiveGraph,
  createWriteClosure,
  type ForeignKeyEdge,
  type TableChange,
  type TableGraph,
} from '@freshet/sql'

type Row = readonly [
  kind: string,
  namespace: string,
  tbl: string,
  name: string,
  part: string,
  position: number,
  detail: string,
  flags: string,
]

const column = (tbl: string, name: string, flags = '', namespace = 'public'): Row => [
  'column',
  namespace,
  tbl,
  name,
  '',
  1,
  'integer',
  flags,
]
const foreign = (tbl: string, part: string, parent: string, actions: string): Row => [
  'foreign',
  'public',
  tbl,
  `${tbl}_${part}`,
  part,
  1,
  `${parent}\nid`,
  actions,
]

const restricted: ForeignKeyEdge = {
  child: 'post',
  parent: 'user',
  columns: ['author'],
  references: ['id'],
  onDelete: 'Restrict',
  onUpdate: 'Restrict',
}

function schema(given: Partial<TableGraph> = {}): TableGraph {
  return {
    tables: new Set(['user', 'post', 'summary']),
    views: new Set(),
    foreignKeys: [restricted],
    sourcesOf: () => undefined,
    dependentsOf: () => [],
    ...given,
  }
}

const tables = [column('user', 'id'), column('post', 'author'), column('summary', 'id')]

function scene(declared: TableGraph = schema()) {
  const catalogue = createLiveCatalogue({ dialect: 'postgresql' })
  const graphNow = createLiveGraph(declared, catalogue)
  const says = async (...rows: Row[]) => {
    catalogue.forget()
    await catalogue.ask(() => Promise.resolve([...tables, ...rows]))
  }
  const touched = (table: string, action: TableChange['action'] = 'delete', columns?: string[]) => {
    const set = createWriteClosure(graphNow())([{ table, action, columns }])
    return set === 'all' ? 'all' : set.tables
  }
  return { catalogue, graphNow, says, touched }
}

describe('a foreign key', () => {
  test('does what the database says, be it more than is declared or less', async () => {
    const { says, touched } = scene()
    expect(touched('user')).toEqual(['user'])
    await says(foreign('post', 'author', 'user', 'ca'))
    expect(touched('user')).toEqual(['post', 'user'])
    const cascading = scene(schema({ foreignKeys: [{ ...restricted, onDelete: 'Cascade' }] }))
    expect(cascading.touched('user')).toEqual(['post', 'user'])
    await cascading.says(foreign('post', 'author', 'user', 'aa'))
    expect(cascading.touched('user')).toEqual(['user'])
  })

  test('that the database does not tell of does what is declared', async () => {
    const { says, touched } = scene(schema({ foreignKeys: [{ ...restricted, onDelete: 'Cascade' }] }))
    await says(foreign('post', 'editor', 'user', 'aa'))
    expect(touched('user')).toEqual(['post', 'user'])
  })

  test('that only the database knows carries writes on, through tables that nobody declared', async () => {
    const { says, touched } = scene()
    await says(
      column('between', 'user'),
      foreign('between', 'user', 'user', 'ca'),
      foreign('summary', 'between', 'between', 'na'),
    )
    expect(touched('user')).toEqual(['between', 'summary', 'user'])
  })

  test('does both while the database is asked again', async () => {
    const { says, touched, catalogue } = scene(
      schema({ foreignKeys: [{ ...restricted, onUpdate: 'Cascade' }] }),
    )
    await says(foreign('post', 'author', 'user', 'ca'))
    expect(touched('user', 'update', ['id'])).toEqual(['user'])
    catalogue.forget()
    expect([touched('user'), touched('user', 'update', ['id'])]).toEqual([
      ['post', 'user'],
      ['post', 'user'],
    ])
  })

  test('of two tables of one name does what either says', async () => {
    const { says, touched } = scene(schema({ foreignKeys: [{ ...restricted, onDelete: 'Cascade' }] }))
    await says(column('post', 'author', '', 'archive'), foreign('post', 'author', 'user', 'aa'))
    expect(touched('user')).toEqual(['post', 'user'])
  })

  test('that references a column which changes by itself is concerned by every update', async () => {
    const { says, touched } = scene()
    await says(column('user', 'id', 's'), foreign('post', 'author', 'user', 'ac'))
    expect(touched('user', 'update', ['name'])).toEqual(['post', 'user'])
  })
})

describe('a view that is declared as a table', () => {
  const isView: Row = ['wide', 'public', 'summary', 'view', '', 0, '', '']

  test('changes with every table, and a write to it may go anywhere', async () => {
    const { says, touched } = scene()
    await says(isView)
    expect([touched('user'), touched('post', 'insert')]).toEqual([
      ['summary', 'user'],
      ['post', 'summary'],
    ])
    expect(touched('summary', 'update')).toBe('all')
  })

  test('changes with the tables that it is declared to be made from, and with no other', async () => {
    const { says, touched } = scene(
      schema({
        sourcesOf: (table) => (table === 'summary' ? ['post'] : undefined),
        dependentsOf: (table) => (table === 'post' ? ['summary'] : []),
      }),
    )
    await says(isView)
    expect([touched('user'), touched('post'), touched('summary')]).toEqual([
      ['user'],
      ['post', 'summary'],
      ['post', 'summary'],
    ])
  })
})

test('the graph is one object as long as nothing has changed', async () => {
  const { says, graphNow, catalogue } = scene()
  const graphs = [graphNow(), graphNow()]
  await says()
  graphs.push(graphNow(), graphNow())
  catalogue.forget()
  graphs.push(graphNow(), graphNow())
  await says()
  graphs.push(graphNow(), graphNow())
  expect(graphs.map((graph) => graphs.indexOf(graph))).toEqual([0, 0, 2, 2, 4, 4, 6, 6])
})
