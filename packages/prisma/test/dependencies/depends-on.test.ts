import { isFreshetError } from '@freshet/core'
import { expect, test } from 'vitest'
import { createReadDependencies } from '../../src/dependencies/read-dependencies.js'
import { createWriteClosure } from '../../src/dependencies/write-closure.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { sqliteSchema } from '../fixtures/schemas.js'

const dataModel = readDataModel({ inlineSchema: sqliteSchema })

function refusal(dependsOn: unknown): unknown {
  try {
    createReadDependencies(dataModel, { dependsOn: dependsOn as Record<string, string[]> })
  } catch (error) {
    return error
  }
  return undefined
}

test.each([
  ['an unknown view', { AutorStats: ['User'] }, /'AutorStats'.*'AuthorStats'/],
  ['an unknown source', { AuthorStats: ['Usr'] }, /'Usr'.*'User'/],
  [
    'a name that is like no other',
    { AuthorStats: ['xylophone_players'] },
    /'xylophone_players'.*Models are: User, Profile/,
  ],
  ['sources that are no list', { AuthorStats: 'User' }, /dependsOn\.AuthorStats.*"User"/],
  ['sources that are no names', { AuthorStats: [7] }, /dependsOn\.AuthorStats/],
  ['something else than an object', ['User'], /dependsOn.*an array/],
])('%s is refused with the option and what was given', (_, dependsOn, message) => {
  const error = refusal(dependsOn)
  expect(isFreshetError(error, 'INVALID_OPTION')).toBe(true)
  expect((error as Error).message).toMatch(message)
  expect(() => createWriteClosure(dataModel, { dependsOn: dependsOn as never })).toThrow(message)
})

test('names may be of models, of tables in any case, and of join tables', () => {
  for (const names of [
    ['User', 'Post'],
    ['users', 'post'],
    ['USERS', '_PostToTag'],
  ]) {
    expect(refusal({ author_stats: names })).toBeUndefined()
  }
})
