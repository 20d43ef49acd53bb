import { dialectOf } from '../property/dialect.js'
import { fieldOf, modelOf, type Schema } from '../property/model.js'
import { sqlValue } from '../property/seed-rows.js'

type Row = Readonly<Record<string, unknown>>

const at = new Date('2024-01-01T00:00:00.000Z')
const person = (id: number, code: string, rest: Row = {}): Row => ({
  id,
  name: 'a',
  rank: 0,
  code,
  changedAt: at,
  ...rest,
})
const post = (id: number, authorId: number, rest: Row = {}): Row => ({
  id,
  name: `p${id}`,
  rank: id,
  authorId,
  published: false,
  kind: 'b',
  ...rest,
})

/** A few rows of every table that the tests ask. */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  Person: [
    person(1, 'k1', { score: 0, level: 'LOW', seenAt: at }),
    person(2, 'K2', { name: 'A', bossId: 1, score: 0.5, level: 'MID' }),
    person(3, 'k3', { name: 'b', bossId: 1 }),
  ],
  Post: [
    post(1, 1, { price: '1.10', editorId: 2 }),
    post(2, 1, { price: '2', kind: 'a' }),
    post(3, 2, { published: true }),
  ],
  Comment: [
    { postId: 1, no: 1, name: 'a', rank: 0, byId: 1 },
    { postId: 1, no: 2, name: 'b', rank: 0, byId: null },
  ],
  Tag: [
    { id: 'k1', name: 'a', rank: 0 },
    { id: 'b', name: 'b', rank: 0 },
  ],
  Shelf: [
    { id: 'LOW', name: 'a', rank: 0 },
    { id: 'MID', name: 'b', rank: 0 },
  ],
  Chip: [
    { id: Buffer.from([97]), name: 'a', rank: 0, shelfId: 'LOW' },
    { id: Buffer.from([1, 0]), name: 'b', rank: 1, shelfId: 'MID' },
  ],
  Club: [
    { id: 'abcdef00-0000-4000-8000-000000000001', name: 'a', rank: 0 },
    { id: 'abcdef00-0000-4000-8000-000000000002', name: 'b', rank: 0 },
  ],
}

/** The statements that insert them. */
export function rowsOf(schema: Schema): string[] {
  const { quote } = dialectOf(schema)
  return Object.entries(ROWS).flatMap(([name, rows]) => {
    const model = modelOf(schema, name)
    return rows.map((row) => {
      const fields = Object.keys(row).map((field) => fieldOf(model, field))
      const columns = fields.map(({ column }) => quote(column)).join(', ')
      const values = fields.map((field) => sqlValue(schema, field, row[field.name])).join(', ')
      return `INSERT INTO ${quote(model.table)} (${columns}) VALUES (${values})`
    })
  })
}
