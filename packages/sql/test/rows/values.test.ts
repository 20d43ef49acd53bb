import { describe, expect, test } from 'vitest'
import { compared, normalValue, soundTypes, type SqlDialect, valueTypeOf } from '../../src/index.js'
import { isNumberType } from '../../src/rows/value-type.js'
import { typeCases, valueCases } from './value-cases.js'

test.each(valueCases)('as a value of %o, %o is compared as %o', (type, value, normal) => {
  expect(normalValue(type, value)).toBe(normal)
})

test.each(typeCases)('in %s a column of %o is of the kind %s', (dialect, declared, kind) => {
  expect(valueTypeOf(dialect, declared)?.kind).toBe(kind)
})

test('a column holds the values of its width and sign', () => {
  expect(valueTypeOf('mysql', { type: 'tinyint(4)' })).toEqual({
    kind: 'integer',
    min: -128n,
    max: 127n,
    range: [-128, 127],
  })
  expect(valueTypeOf('mysql', { type: 'smallint unsigned' })).toEqual({
    kind: 'integer',
    min: 0n,
    max: 65535n,
    range: [0, 65535],
  })
  expect(valueTypeOf('mysql', { type: 'int(10) zerofill' })).toMatchObject({ min: 0n })
  expect(valueTypeOf('postgresql', { type: 'smallint' })).toMatchObject({ min: -32768n, max: 32767n })
  expect(valueTypeOf('sqlite', { type: 'tinyint' })).toMatchObject({ max: 2n ** 63n - 1n })
})

test('a text column holds no more than its length', () => {
  const collation = 'utf8mb4_bin'
  expect(valueTypeOf('mysql', { type: 'varchar(20)', collation })).toEqual({ kind: 'text', maxLength: 20 })
  expect(valueTypeOf('mysql', { type: 'tinytext', collation })).toEqual({ kind: 'text', maxLength: 255 })
  expect(valueTypeOf('mysql', { type: 'char', collation })).toEqual({ kind: 'text', maxLength: 1 })
  expect(valueTypeOf('postgresql', { type: 'text', isDeterministic: true })).toEqual({ kind: 'text' })
})

test('every type that is listed is known', () => {
  for (const dialect of ['postgresql', 'mysql', 'sqlite'] as const) {
    for (const type of soundTypes[dialect]) {
      const collation = dialect === 'mysql' ? 'utf8mb4_bin' : undefined
      expect(valueTypeOf(dialect, { type, collation, isDeterministic: true }), type).toBeDefined()
    }
  }
})

test.each([
  ['postgresql', ['integer', 'bigint', 'smallint', 'numeric(10,2)', 'real', 'double precision', 'money']],
  ['mysql', ['int', 'bigint(20)', 'tinyint(4)', 'int unsigned', 'decimal(10,2) unsigned', 'float', 'double']],
  ['sqlite', ['INTEGER', 'BIGINT', 'REAL', 'DECIMAL', 'NUMERIC(4,2)']],
] as const)('in %s these hold numbers: %s', (dialect: SqlDialect, types) => {
  for (const type of types) expect([type, isNumberType(dialect, type)]).toEqual([type, true])
})

test.each([
  [
    'postgresql',
    ['text', 'boolean', 'timestamp(3) without time zone', 'date', 'uuid', 'integer[]', 'status'],
  ],
  ['mysql', ['varchar(20)', 'tinyint(1)', 'datetime(3)', 'year', "enum('int','b')", 'bit(1)', 'json']],
  ['sqlite', ['TEXT', 'BOOLEAN', 'DATETIME', 'JSONB', '']],
] as const)('in %s these do not: %s', (dialect: SqlDialect, types) => {
  for (const type of types) expect([type, isNumberType(dialect, type)]).toEqual([type, false])
})

describe('two values', () => {
  const number = { kind: 'integer', min: -10n, max: 10n } as const

  test('are the same if they are one text', () => {
    expect(compared.areSame({ kind: 'text' }, 'a', 'a')).toBe(true)
    expect(compared.areSame({ kind: 'text' }, 'a', 'A')).toBe(false)
    expect(compared.areSame({ kind: 'text' }, 'a', 'a ')).toBe(false)
  })

  test('are the same if they are one number', () => {
    expect(compared.areSame(number, 7, '7')).toBe(true)
    expect(compared.areSame(number, 7, 8n)).toBe(false)
  })

  test('are not the same if they are NULL, or of no type that is compared', () => {
    expect(compared.areSame(number, null, null)).toBe(false)
    expect(compared.areSame(undefined, 7, 7)).toBe(false)
  })
})
