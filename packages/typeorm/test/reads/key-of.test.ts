import { createCache } from '@freshet/core'
import { defaultPolicy, engineOf } from '@freshet/core/adapter'
import { DataSource as TypeOrmDataSource } from 'typeorm'
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../src/reads/index.js'
import { keyOf, readPlanOf } from '../../src/reads/index.js'
import type { FreshetState } from '../../src/state.js'
import { noCatalogue } from '../support/no-catalogue.js'

const source = (options: object = {}) => new TypeOrmDataSource({ type: 'postgres', ...options })

const stateWith = (identity: string): FreshetState => ({
  ...noCatalogue,
  engine: engineOf(createCache())!,
  policy: defaultPolicy,
  scope: undefined,
  precision: () => undefined,
  readTags: () => [],
  invalidate: async () => undefined,
  identity,
  obstacle: () => undefined,
  load: (query) => query(),
})

interface Parts {
  readonly sql?: string
  readonly parameters?: unknown
  readonly scope?: Scope
  readonly identity?: string
  readonly options?: object
}

function key({ sql = 'SELECT 1', parameters = [], scope, identity = 'db', options }: Parts = {}) {
  const dataSource = source(options)
  return keyOf(dataSource, stateWith(identity), readPlanOf(dataSource, sql), parameters, scope)
}

describe('a key', () => {
  test('is the same for the same read', () => {
    const parts = { parameters: [1, 'a', new Date(0), Buffer.from('x'), null], scope: 'tenant' }
    expect(key(parts)).toBe(key({ ...parts, parameters: [1, 'a', new Date(0), Buffer.from('x'), null] }))
  })

  test.each([
    ['1n and "1"', 1n, '1'],
    ['1n and 1', 1n, 1],
    ['a Date and its ISO string', new Date(0), new Date(0).toISOString()],
    ['NaN and null', Number.NaN, null],
    ['Infinity and null', Infinity, null],
    ['undefined and null', undefined, null],
    ['0 and -0', 0, -0],
    ['bytes and what JSON makes of them', Buffer.from('a'), Buffer.from('a').toJSON()],
    ['a list and its text', ['1,2'], ['1', '2']],
  ])('tells apart %s', (_, a, b) => {
    expect(key({ parameters: [a] })).not.toBe(key({ parameters: [b] }))
  })

  test.each([
    ['another text', { sql: 'SELECT 2' }],
    ['another scope', { scope: 'a' }],
    ['an empty scope', { scope: '' }],
    ['another database', { identity: 'other' }],
    ['integers as numbers', { options: { parseInt8: true } }],
    ['settings of the driver itself', { options: { extra: { types: { getTypeParser: () => String } } } }],
  ])('is another one with %s', (_, parts) => {
    expect(key(parts)).not.toBe(key())
  })

  test('cannot be made to look like another by its scope', () => {
    const plain = key()!
    expect(key({ scope: plain })).not.toBe(key({ scope: `${plain.length}@${plain}` }))
    expect(plain.startsWith('t:')).toBe(true)
  })

  test.each([
    ['a symbol', Symbol('s')],
    ['a function', () => 1],
    ['an instance', new (class Id {})()],
    ['a Map', new Map()],
    ['a RegExp', /x/],
  ])('does not exist for %s', (_, parameter) => {
    expect(key({ parameters: [parameter] })).toBeUndefined()
  })
})
