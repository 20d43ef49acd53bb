import { describe, expect, test } from 'vitest'
import type { Conditions, SeenSet, ToldRows, TrackedRow } from '../src/conditions.js'
import { tagTexts } from '../src/precision/tag-texts.js'
import { SeenSets } from '../src/seen-sets.js'
import { createSpace, type Space } from '../src/space.js'
import { TrackedRows } from '../src/tracked-rows.js'

const room = 20_000
const item = tagTexts('', 'item')
const user = tagTexts('', 'user')
const root = createSpace(undefined)
type Texts = typeof item

const row = (id: number, texts: Texts = item): TrackedRow => ({
  table: { texts, rowKey: { columns: ['id'] } },
  key: [String(id)],
  values: [['stock', 9n]],
})
const set = (id: number, texts: Texts = item): SeenSet => ({
  table: { texts, rowKey: { columns: ['id'] } },
  key: ['productId'],
  values: [String(id)],
  rows: [new Map([['id', id]])],
  normal: (_column, value) => String(value),
})

const oneRow = (id: number): ToldRows => ({
  touched: () => [[String(id)]],
  entering: () => [],
  after: () => undefined,
  moved: () => ({ by: 1n, min: 0n, max: 1_000n }),
  changed: 1,
})

/** Gives a row one more. @returns what it had, if that is known */
function hadOf(rows: TrackedRows, id: number, texts: Texts = item, { prefix }: Space = root) {
  const change = { condition: { excludes: () => false }, columns: ['stock'], tell: () => oneRow(id) }
  const tag = texts.column('stock')
  const conditions: Conditions = new Map([[tag, { table: texts.table, changes: [change] }]])
  return rows.changed(prefix, [texts.clock, tag], conditions)?.get(change)?.moved?.get('stock')?.[0]?.before
}

/** Gives a row a value. */
function giveOne(rows: TrackedRows, value: number, { prefix }: Space): void {
  const told = { ...oneRow(1), after: () => [String(value)] }
  const change = { condition: { excludes: () => false }, columns: ['stock'], tell: () => told }
  const tag = item.column('stock')
  rows.changed(prefix, [item.clock, tag], new Map([[tag, { table: item.table, changes: [change] }]]))
}

/** Whether it is known that a set was not touched, when something else of its table is. */
function isKnown(sets: SeenSets, id: number, texts: Texts = item): boolean {
  const change = { condition: { excludes: () => true }, columns: undefined, tell: () => oneRow(-1) }
  const conditions: Conditions = new Map([[texts.clock, { table: texts.table, changes: [change] }]])
  const at = sets.changed(root.prefix, [texts.clock], conditions)
  return sets.isUntouched(root, texts.table, ['productId'], [String(id)], at)
}

const numbers = Array.from({ length: 1_000 }, (_, id) => id)

describe('what is known of rows that answers have shown', () => {
  test('never occupies more than it may, and what was seen last is known', () => {
    const rows = new TrackedRows(room)
    for (const id of numbers) {
      rows.see(root, row(id))
      expect(rows.bytes).toBeLessThanOrEqual(room)
    }
    expect(rows.bytes).toBeGreaterThan(room / 3)
    expect(hadOf(rows, 0)).toBeUndefined()
    expect(hadOf(rows, 999)).toBe(9n)
  })

  test('occupies what it did when all that has come is gone', () => {
    const rows = new TrackedRows()
    rows.see(root, row(0))
    const { bytes } = rows
    for (const id of numbers) rows.see(root, row(id))
    for (const id of numbers) hadOf(rows, id)
    expect(rows.bytes).toBeGreaterThan(bytes)
    rows.changed(root.prefix, [item.table], undefined)
    rows.see(root, row(0))
    expect(rows.bytes).toBe(bytes)
  })

  test('counts a row that is seen again once', () => {
    const rows = new TrackedRows()
    rows.see(root, row(0))
    const { bytes } = rows
    rows.see(root, row(0))
    expect(rows.bytes).toBe(bytes)
  })

  test('counts a change of rows that are not named', () => {
    const rows = new TrackedRows()
    rows.see(root, row(0))
    const { bytes } = rows
    const told = { ...oneRow(0), touched: () => undefined }
    const change = { condition: { excludes: () => true }, columns: ['stock'], tell: () => told }
    const tag = item.column('stock')
    rows.changed(root.prefix, [item.clock, tag], new Map([[tag, { table: item.table, changes: [change] }]]))
    expect(rows.bytes).toBeGreaterThan(bytes)
    expect(hadOf(rows, 0)).toBe(9n)
  })

  test('makes room in each table in turn: one that is small and seen again and again keeps its rows', () => {
    const rows = new TrackedRows(room)
    for (const id of numbers) {
      rows.see(root, row(id))
      rows.see(root, row(id % 3, user))
    }
    expect(hadOf(rows, 999)).toBe(9n)
    expect(hadOf(rows, 999 % 3, user)).toBe(9n)
  })

  test('forgets the tables of namespaces that nobody reads any more', () => {
    const rows = new TrackedRows(room)
    const spaces = numbers.map((number) => createSpace(`tenant ${number}`))
    for (const space of spaces) rows.see(space, row(1))
    expect(rows.bytes).toBeLessThanOrEqual(room)
    expect(hadOf(rows, 1, item, spaces[0])).toBeUndefined()
    const { bytes } = rows
    giveOne(rows, 5, spaces[0]!)
    expect(rows.bytes).toBe(bytes)
    expect(hadOf(rows, 1, item, spaces[999])).toBe(9n)
    rows.see(spaces[0]!, row(1))
    expect(hadOf(rows, 1, item, spaces[0])).toBe(9n)
  })

  test('is nothing when it has room for nothing', () => {
    const rows = new TrackedRows(1)
    rows.see(root, row(1))
    expect(rows.bytes).toBe(0)
    expect(hadOf(rows, 1)).toBeUndefined()
  })
})

describe('what is known of sets that answers have shown', () => {
  test('never occupies more than it may, and what was seen last is known', () => {
    const sets = new SeenSets(room)
    for (const id of numbers) {
      sets.see(root, set(id))
      expect(sets.bytes).toBeLessThanOrEqual(room)
    }
    expect(sets.bytes).toBeGreaterThan(room / 3)
    expect(isKnown(sets, 0)).toBe(false)
    expect(isKnown(sets, 999)).toBe(true)
  })

  test('neither do the changes that they are held against', () => {
    const sets = new SeenSets(room)
    for (const id of numbers) {
      sets.see(root, set(id % 10))
      isKnown(sets, -1)
      expect(sets.bytes).toBeLessThanOrEqual(room)
    }
    expect(isKnown(sets, 999 % 10)).toBe(true)
  })

  test('is not known of a set after a change that is forgotten', () => {
    const sets = new SeenSets(room)
    sets.see(root, set(1))
    const told = { ...oneRow(-1), entering: () => [['1']] }
    const change = { condition: { excludes: () => true }, columns: undefined, tell: () => told }
    sets.changed(root.prefix, [item.clock], new Map([[item.clock, { table: 'item', changes: [change] }]]))
    for (const id of numbers) sets.see(root, set(2 + (id % 10)))
    for (const _ of numbers) isKnown(sets, 2)
    expect(isKnown(sets, 1)).toBe(false)
  })

  test('occupies what it did when all that has come is gone', () => {
    const sets = new SeenSets()
    sets.see(root, set(0))
    const { bytes } = sets
    for (const id of numbers) sets.see(root, set(id))
    for (const _ of numbers) isKnown(sets, 0)
    expect(sets.bytes).toBeGreaterThan(bytes)
    sets.changed(root.prefix, [item.table], undefined)
    sets.changed(root.prefix, [item.clock], undefined)
    sets.see(root, set(0))
    expect(sets.bytes).toBe(bytes)
  })

  test('counts a set that is seen again once', () => {
    const sets = new SeenSets()
    sets.see(root, set(0))
    const { bytes } = sets
    sets.see(root, set(0))
    expect(sets.bytes).toBe(bytes)
  })

  test('is nothing when it has room for nothing', () => {
    const sets = new SeenSets(1)
    sets.see(root, set(1))
    expect(sets.bytes).toBe(0)
    expect(isKnown(sets, 1)).toBe(false)
  })
})
