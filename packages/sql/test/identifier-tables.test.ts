import { describe, expect, it } from 'vitest'
import { identifierTables, type SqlDialect } from '../src/index.js'

const known = new Set(['users', 'posts', 'order', 'a b'])
const tables = (sql: string, dialect: SqlDialect = 'postgresql') => {
  return identifierTables(sql, dialect, (name) => known.has(name))
}

describe('the known tables that occur in a text', () => {
  it('are found as bare and as quoted identifiers, in any case and place', () => {
    expect(tables('SELECT Users.id FROM "public"."POSTS", "a b" WHERE x = "other"')).toEqual([
      'users',
      'posts',
      'a b',
    ])
    expect(tables('SELECT * FROM `Order` JOIN `users`', 'mysql')).toEqual(['order', 'users'])
    expect(tables('SELECT * FROM [a b]', 'sqlite')).toEqual(['a b'])
  })

  it('are found each once', () => {
    expect(tables('SELECT * FROM users u, users v')).toEqual(['users'])
  })

  it('are not found in strings, comments and dollar quotes', () => {
    expect(tables("SELECT 'users', $$posts$$ /* users */ FROM t -- posts")).toEqual([])
    expect(tables("SELECT 'it\\'s users' FROM posts", 'mysql')).toEqual(['posts'])
  })

  it('are found in quotes that may be names as well as strings', () => {
    expect(tables('SELECT * FROM "users"', 'mysql')).toEqual(['users'])
    expect(tables("SELECT * FROM 'users'", 'sqlite')).toEqual(['users'])
  })

  it('are found in comments that MySQL executes', () => {
    expect(tables('SELECT 1 /*! FROM users */', 'mysql')).toEqual(['users'])
  })

  it('are unknown when the text cannot be read', () => {
    expect(tables("SELECT 'unterminated FROM users")).toBeUndefined()
    expect(tables('SELECT * FROM U&"user\\0073"')).toBeUndefined()
  })
})
