import { describe, expect, test } from 'vitest'
import type { TableChange } from '@freshet/sql'
import { createWriteClosure } from '../../src/dependencies/write-closure.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { postgresqlSchema, sqliteSchema } from '../fixtures/schemas.js'

const dataModel = readDataModel({ inlineSchema: sqliteSchema })
const touchedBy = createWriteClosure(dataModel)

function touched(...writes: TableChange[]): readonly string[] | 'all' {
  const set = touchedBy(writes)
  return set === 'all' ? 'all' : set.tables
}

describe('a delete', () => {
  test('travels along cascades, and set null and set default end at the tables they write', () => {
    expect(touched({ table: 'Post', action: 'delete' })).toEqual(['_posttotag', 'comments', 'post'])
    expect(touched({ table: 'memberships', action: 'delete' })).toEqual(['badge', 'memberships'])
    expect(touched({ table: 'Team', action: 'delete' })).toEqual(['badge', 'memberships', 'team'])
    expect(touched({ table: 'City', action: 'delete' })).toEqual(['city', 'venues'])
    expect(touched({ table: 'users', action: 'delete' })).toEqual([
      '_follows',
      '_posttotag',
      'badge',
      'comments',
      'memberships',
      'post',
      'profile',
      'users',
    ])
  })

  test('does not travel where the database restricts it', () => {
    expect(touched({ table: 'Label', action: 'delete' })).toEqual(['label'])
    expect(touched({ table: 'Country', action: 'delete' })).toEqual(['country'])
  })

  test('touches the join tables of a side', () => {
    expect(touched({ table: 'Tag', action: 'delete' })).toEqual(['_posttotag', 'tag'])
    expect(touched({ table: 'categories', action: 'delete' })).toEqual([
      '_relatedcategories',
      'categories',
      'post',
    ])
  })
})

describe('an update', () => {
  test('of a column that nothing references stays in its table', () => {
    expect(touched({ table: 'users', action: 'update', columns: ['name', 'inviter_id'] })).toEqual(['users'])
    expect(touched({ table: 'users', action: 'update', columns: [] })).toEqual(['users'])
  })

  test('of a key travels as far as the key does', () => {
    expect(touched({ table: 'Country', action: 'update', columns: ['code'] })).toEqual([
      'city',
      'country',
      'venues',
    ])
    expect(touched({ table: 'City', action: 'update', columns: ['NAME'] })).toEqual(['city', 'venues'])
    expect(touched({ table: 'Team', action: 'update', columns: ['id'] })).toEqual([
      'badge',
      'memberships',
      'team',
    ])
    expect(touched({ table: 'Tag', action: 'update', columns: ['id'] })).toEqual(['_posttotag', 'tag'])
  })

  test('of unknown columns may be of a key', () => {
    expect(touched({ table: 'Country', action: 'update' })).toEqual(['city', 'country', 'venues'])
    expect(touched({ table: 'Setting', action: 'update' })).toEqual(['setting'])
  })

  test('of any column may change a generated key', () => {
    const own = createWriteClosure(readDataModel({ inlineSchema: generatedKey('(upper(name))') }))
    expect(own([{ table: 'a', action: 'update', columns: ['name'] }])).toEqual({ tables: ['a', 'b'] })
    const plain = createWriteClosure(readDataModel({ inlineSchema: generatedKey('gen_random_uuid()') }))
    expect(plain([{ table: 'a', action: 'update', columns: ['name'] }])).toEqual({ tables: ['a'] })
  })

  test('travels by set null and set default, and not by restrict and no action', () => {
    const own = createWriteClosure(readDataModel({ inlineSchema: postgresqlSchema }))
    expect(own([{ table: 'product', action: 'update', columns: ['sku'] }])).toEqual({
      tables: ['_customertoproduct', 'order', 'order_lines', 'product', 'sales_report'],
    })
  })
})

function generatedKey(expression: string): string {
  return `model A {\n id Int @id\n name String\n code String @unique @default(dbgenerated("${expression}"))\n bs B[]\n}\nmodel B {\n id Int @id\n code String\n a A @relation(fields: [code], references: [code])\n}\n`
}

describe('other statements', () => {
  test('an insert touches its table only', () => {
    expect(touched({ table: 'users', action: 'insert' })).toEqual(['users'])
  })

  test('an upsert is an insert or an update', () => {
    expect(touched({ table: 'Country', action: 'upsert', columns: ['name'] })).toEqual(['country'])
    expect(touched({ table: 'Country', action: 'upsert', columns: ['code'] })).toEqual([
      'city',
      'country',
      'venues',
    ])
    expect(touched({ table: 'Country', action: 'upsert' })).toEqual(['city', 'country', 'venues'])
  })

  test('a replace deletes what is in its way', () => {
    expect(touched({ table: 'Team', action: 'replace' })).toEqual(['badge', 'memberships', 'team'])
  })

  test('a truncate empties all that references the table, restricted or not', () => {
    expect(touched({ table: 'Label', action: 'truncate' })).toEqual(['label', 'post_labels'])
    expect(touched({ table: 'Country', action: 'truncate' })).toEqual(['city', 'country', 'venues'])
  })

  test('an unknown action may be any of them', () => {
    expect(touched({ table: 'Label', action: 'unknown' })).toEqual(['label', 'post_labels'])
    expect(touched({ table: 'Country', action: 'unknown' })).toEqual(['city', 'country', 'venues'])
  })

  test('several writes touch what each touches', () => {
    expect(touched({ table: 'Setting', action: 'insert' }, { table: 'TAG', action: 'delete' })).toEqual([
      '_posttotag',
      'setting',
      'tag',
    ])
    expect(touched()).toEqual([])
  })
})

describe('a write touches everything', () => {
  test('when nothing is known of it, or of its table', () => {
    expect(touchedBy('unknown')).toBe('all')
    expect(touched({ table: 'Post', action: 'insert' }, { table: 'other', action: 'insert' })).toBe('all')
    expect(createWriteClosure(readDataModel({}))([{ table: 'users', action: 'insert' }])).toBe('all')
  })

  test('when it goes through a view of which nothing is declared', () => {
    expect(touched({ table: 'author_stats', action: 'update', columns: ['name'] })).toBe('all')
  })
})

describe('a declaration', () => {
  const triggers = createWriteClosure(dataModel, {
    dependsOn: { AuthorStats: ['User', 'Post'], Setting: ['comments'], Country: ['Setting'] },
  })

  test('of a view makes a write of its tables touch the view, and nothing else', () => {
    expect(triggers([{ table: 'Profile', action: 'insert' }])).toEqual({ tables: ['profile'] })
    expect(triggers([{ table: 'Post', action: 'insert' }])).toEqual({ tables: ['author_stats', 'post'] })
  })

  test('of a view lets a write through the view land in its tables', () => {
    const set = triggers([{ table: 'author_stats', action: 'update', columns: ['name'] }])
    expect(set !== 'all' && set.tables).toEqual(
      expect.arrayContaining(['author_stats', 'post', 'users', 'comments']),
    )
  })

  test('of a trigger is followed on, since the trigger may do anything', () => {
    const expected = { tables: ['city', 'comments', 'country', 'setting', 'venues'] }
    expect(triggers([{ table: 'comments', action: 'insert' }])).toEqual(expected)
  })

  test('counts for what a cascade touches too', () => {
    const set = triggers([{ table: 'users', action: 'delete' }])
    expect(set !== 'all' && set.tables).toEqual(
      expect.arrayContaining(['author_stats', 'setting', 'country', 'venues']),
    )
  })

  test('in a circle ends', () => {
    const circle = createWriteClosure(dataModel, { dependsOn: { Setting: ['Label'], Label: ['Setting'] } })
    expect(circle([{ table: 'Setting', action: 'insert' }])).toEqual({
      tables: ['label', 'post_labels', 'setting'],
    })
  })
})

test('a delete travels both ways along a relation of which only the client tells', () => {
  const runtimeDataModel = {
    models: {
      A: { dbName: null, fields: [{ name: 'bs', kind: 'object', type: 'B', relationName: 'AToB' }] },
      B: { dbName: 'bees', fields: [{ name: 'as', kind: 'object', type: 'A', relationName: 'AToB' }] },
    },
  }
  // The declarations say that these are no views.
  const own = createWriteClosure(readDataModel({ runtimeDataModel }), { dependsOn: { A: [], B: [] } })
  for (const table of ['a', 'bees']) {
    expect(own([{ table, action: 'delete' }])).toEqual({ tables: ['_atob', 'a', 'bees'] })
    expect(own([{ table, action: 'insert' }])).not.toBe('all')
  }
})
