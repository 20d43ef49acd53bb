import { expect, test } from 'vitest'
import { Binding, engineOf } from '../src/adapter.js'
import type { KnownTables } from '../src/binding.js'
import type { TappedStatement } from '../src/execution.js'
import { createCache } from '../src/index.js'

const statement: TappedStatement = {
  sql: 'UPDATE post',
  kind: 'write',
  isSingle: true,
  unknownReason: undefined,
}
const execution = { statement, parameters: [] }

const knownAs = (whole: readonly string[] | 'all' | undefined): KnownTables<TappedStatement> => ({
  touchedBy: () => ({ tables: ['post'] }),
  tagsOf: () => ['asked'],
  prepare: () => ({ whole }),
})

function bound(known: KnownTables<TappedStatement>) {
  const cache = createCache()
  let now = known
  const binding = new Binding<TappedStatement>({
    engine: engineOf(cache)!,
    database: undefined,
    known: () => now,
    unknownTable: '',
  })
  return { cache, binding, redefine: (other: KnownTables<TappedStatement>) => (now = other) }
}

test('what was prepared is told as it is, whatever the answer', () => {
  const { binding } = bound(knownAs(['post~', 'post#7']))
  const prepared = binding.prepare(execution)
  expect(binding.toldBy(prepared, {})).toEqual(['post~', 'post#7', '*'])
  expect(binding.toldBy(prepared, undefined)).toEqual(['post~', 'post#7', '*'])
  expect(binding.toldBy(prepared, { affected: 1 })).toEqual(['post~', 'post#7', '*'])
  expect(binding.tagsOf(execution, { affected: 1 }, prepared)).toEqual(['post~', 'post#7', '*'])
})

test('but not if the answer is that no row was concerned', () => {
  const { binding } = bound(knownAs(['post~', 'post#7']))
  expect(binding.toldBy(binding.prepare(execution), { affected: 0 })).toBeUndefined()
  expect(binding.tagsOf(execution, { affected: 0 }, binding.prepare(execution))).toEqual(['asked', '*'])
})

test('nor if the tables are others by then', () => {
  const { binding, redefine } = bound(knownAs(['post~', 'post#7']))
  const prepared = binding.prepare(execution)
  redefine(knownAs(undefined))
  expect(binding.toldBy(prepared, {})).toBeUndefined()
})

test('nor if the answer may tell more, nothing was prepared, or somebody wants to know why it is wide', () => {
  const { binding } = bound(knownAs(undefined))
  expect(binding.toldBy(binding.prepare(execution), {})).toBeUndefined()
  expect(binding.toldBy(undefined, {})).toBeUndefined()
  const watched = bound(knownAs(['post~']))
  watched.cache.on('widened', () => undefined)
  expect(watched.binding.toldBy(watched.binding.prepare(execution), {})).toBeUndefined()
})

test('what nobody can tell is the tables that it touches', () => {
  const { binding } = bound(knownAs('all'))
  expect(binding.toldBy(binding.prepare(execution), {})).toEqual(['post', 'post~', '*'])
})
