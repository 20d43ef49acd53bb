import { describe, expect, test } from 'vitest'
import type { OtherAnswers } from '../../src/conditions.js'
import { RowsElsewhere, type RowsShown } from '../../src/precision/rows-elsewhere.js'
import type { PreciseTable } from '../../src/precision/table-precision.js'
import { tagTexts } from '../../src/precision/tag-texts.js'

interface Category {
  readonly id: number
  readonly slug: string
  readonly name: string
}

const table = {
  name: 'category',
  texts: tagTexts('', 'category'),
  columns: { named: () => ({ column: { type: 'any' } }) },
} as unknown as PreciseTable<string>

const shown: RowsShown<string> = {
  table,
  columns: ['id', 'slug', 'name'],
  rowsOf: (answer) => (answer ?? []) as readonly Category[],
  valueOf: (row, column) => (row as Category)[column as keyof Category],
}

/** Answers by their keys; which of them can be served now. */
class Answers implements OtherAnswers {
  readonly rows = new RowsElsewhere<string>({
    normal: (_type, value) => (typeof value === 'number' ? `${value}` : (value as string | null)),
    areSame: (_type, one, other) => one === other,
  })
  readonly #live = new Map<string, readonly Category[]>()

  constructor() {
    this.rows.want({ table, unique: 'slug' })
  }

  keep(key: string, answer: readonly Category[], tables?: number): this {
    this.rows.note({ scope: '', key }, shown, answer, tables)
    this.#live.set(key, answer)
    return this
  }

  end(key: string): this {
    this.#live.delete(key)
    return this
  }

  find(key: string): unknown {
    return this.#live.get(key)
  }

  mayBeWritten(): boolean {
    return false
  }

  idOf(slug: string): unknown {
    return this.rows.valueOf({ table, column: 'id', unique: 'slug' }, slug, '', this)
  }
}

const tea: Category = { id: 7, slug: 'tea', name: 'Tea' }
const cups: Category = { id: 8, slug: 'cups', name: 'Cups' }

describe('which row has a value in a unique column', () => {
  test('is told by an answer that shows it, for as long as that can be served', () => {
    const answers = new Answers().keep('tea', [tea])
    expect(answers.idOf('tea')).toBe(7)
    expect(answers.idOf('cups')).toBeUndefined()
    expect(answers.end('tea').idOf('tea')).toBeUndefined()
  })

  test('is told by another one when the last has fallen', () => {
    const answers = new Answers().keep('one', [tea]).keep('two', [cups, tea])
    expect(answers.end('two').idOf('tea')).toBe(7)
  })

  test('is told by the one of the fewest tables, however many come after it', () => {
    const answers = new Answers().keep('tea', [tea], 1)
    for (const page of ['a', 'b', 'c', 'd']) answers.keep(page, [tea, cups], 3)
    for (const page of ['a', 'b', 'c', 'd']) answers.end(page)
    expect(answers.idOf('tea')).toBe(7)
    expect(answers.idOf('cups')).toBeUndefined()
  })

  test('is told by the latest of as many tables', () => {
    const answers = new Answers()
    for (const page of ['a', 'b', 'c', 'd']) answers.keep(page, [tea], 3)
    for (const page of ['a', 'b', 'c']) answers.end(page)
    expect(answers.idOf('tea')).toBe(7)
  })

  test('is not noted of columns by which nobody asks, so that it keeps nothing else away', () => {
    const answers = new Answers().keep('tea', [tea])
    for (let id = 100; id < 4_600; id++) answers.keep(`c${id}`, [{ id, slug: `c${id}`, name: 'x' }])
    expect(answers.idOf('tea')).toBe(7)
  })

  test('stays known however many rows of another table are asked about', () => {
    const answers = new Answers().keep('tea', [tea])
    const other = { ...table, name: 'review' }
    answers.rows.want({ table: other, unique: 'id' })
    for (let id = 0; id < 5_001; id++)
      answers.rows.note({ scope: '', key: `r${id}` }, { ...shown, table: other }, [{ ...cups, id }])
    expect(answers.idOf('tea')).toBe(7)
  })

  test('is forgotten past 5,000 values', () => {
    const answers = new Answers().keep('tea', [tea])
    for (let id = 100; id < 5_100; id++) answers.keep(`c${id}`, [{ id, slug: `c${id}`, name: 'x' }])
    expect(answers.idOf('tea')).toBeUndefined()
  })
})
