import { expect, test } from 'vitest'
import { isServerError, provesNothingDone } from '../src/outcome.js'

test.each<[string, unknown]>([
  ['a unique violation of PostgreSQL', { code: '23505', severity: 'ERROR' }],
  ['a serialization failure of PostgreSQL', { code: '40001', severity: 'ERROR' }],
  ['a syntax error of PostgreSQL', { code: '42601', severity: 'ERROR' }],
  ['a duplicate key of MariaDB', { errno: 1062, sqlState: '23000', code: 'ER_DUP_ENTRY' }],
  ['a constraint of MySQL 8', { errno: 3819, sqlState: 'HY000' }],
  ['a constraint of SQLite', { code: 'SQLITE_CONSTRAINT_UNIQUE' }],
  [
    'one that another error wraps',
    new Error('query failed', { cause: { code: '23505', severity: 'ERROR' } }),
  ],
])('%s was sent by the database', (_, error) => {
  expect(isServerError(error)).toBe(true)
})

test.each<[string, unknown]>([
  ['a timeout of the client', new Error('Query read timeout')],
  ['a lost connection', Object.assign(new Error('reset'), { code: 'ECONNRESET', errno: -104 })],
  ['a connection exception of PostgreSQL', { code: '08006', severity: 'FATAL' }],
  ['a shutdown of PostgreSQL', { code: '57P01', severity: 'FATAL' }],
  ['an unknown completion of PostgreSQL', { code: '40003', severity: 'ERROR' }],
  ['five characters that no server sent', { code: 'EPIPE' }],
  ['a lost connection of MySQL', { errno: 2013, sqlState: 'HY000' }],
  ['a killed query of MySQL', { errno: 1317, sqlState: '70100' }],
  ['an engine of MySQL that failed during COMMIT', { errno: 1180, sqlState: 'HY000' }],
  ['a full disk of SQLite', { code: 'SQLITE_FULL' }],
  ['an I/O error of SQLite', { code: 'SQLITE_IOERR_FSYNC' }],
  ['a bug', new TypeError('x is not a function')],
  ['undefined', undefined],
  ['a string', '23505'],
])('%s was not', (_, error) => {
  expect(isServerError(error)).toBe(false)
})

test('an error that is its own cause ends', () => {
  const error = new Error('loop')
  error.cause = error
  expect(isServerError(error)).toBe(false)
})

test('a pool of the mariadb driver that had no connection sent nothing', () => {
  expect(provesNothingDone('mysql', 45_028)).toBe(true)
  expect(provesNothingDone('mysql', 45_012)).toBe(false)
})

test('a code of one database says nothing about another', () => {
  expect(provesNothingDone('postgresql', 'SQLITE_BUSY')).toBe(false)
  expect(provesNothingDone('mysql', '23505x')).toBe(false)
  expect(provesNothingDone('sqlite', '23505')).toBe(false)
})
