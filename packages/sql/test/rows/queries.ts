import fc from 'fast-check'

/** A query of the tables `u` and `p`, and a change of one row, each with its values written in. */
export interface Changed {
  readonly sql: string
  readonly table: 'u' | 'p'
  readonly change: string
}

const number = fc.constantFrom('1', '2', '3', 'NULL')

const comparison = (columns: readonly string[]): fc.Arbitrary<string> => {
  const column = fc.constantFrom(...columns)
  return fc.oneof(
    { weight: 5, arbitrary: fc.tuple(column, number).map(([name, value]) => `${name} = ${value}`) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(column, column, fc.constantFrom('', '', '', ' + 1'))
        .map(([left, right, more]) => `${left} = ${right}${more}`),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(column, number, number).map(([name, a, b]) => `${name} IN (${a}, ${b})`),
    },
    fc.tuple(column, number).map(([name, value]) => `${name} > ${value}`),
    fc.tuple(column, number).map(([name, value]) => `NOT ${name} = ${value}`),
    column.map((name) => `${name} IS NULL`),
    fc.constantFrom('1=1', '1=0'),
  )
}

const condition = (
  columns: readonly string[],
  inside: readonly fc.Arbitrary<string>[] = [],
): fc.Arbitrary<string> => {
  const one =
    inside.length === 0
      ? comparison(columns)
      : fc.oneof({ weight: 6, arbitrary: comparison(columns) }, ...inside)
  const joined = (word: string) => fc.tuple(one, one).map(([left, right]) => `${left} ${word} ${right}`)
  return fc.oneof(
    { weight: 2, arbitrary: one },
    { weight: 4, arbitrary: joined('AND') },
    joined('OR'),
    fc.tuple(one, one, one).map(([a, b, c]) => `${a} AND (${b} OR ${c})`),
    fc.tuple(one, one, one).map(([a, b, c]) => `${a} AND ${b} OR ${c}`),
  )
}

const both = ['x.id', 'x.a', 'y.id', 'y.u', 'y.a']
const inner = fc.oneof(
  condition(['z.id', 'z.u', 'z.a', 'x.id']).map((where) => `EXISTS (SELECT 1 FROM p z WHERE ${where})`),
  condition(['z.id', 'z.u', 'z.a', 'x.a']).map(
    (where) => `x.id NOT IN (SELECT z.id FROM p z WHERE ${where} AND z.id IS NOT NULL)`,
  ),
  condition(['a', 'u']).map((where) => `x.id IN (SELECT p.u FROM p WHERE ${where})`),
)
const shown = fc.constantFrom(
  'x.id AS i, y.id AS j',
  'x.id AS i, y.id AS j, x.a AS k, y.u AS l',
  'x.id AS i, y.id AS j, x.a AS k, y.u AS l',
  'x.id',
  'x.id, y.id',
  'x.id',
  'count(*)',
  'DISTINCT x.a',
  'max(y.id)',
  'count(DISTINCT x.id) AS n',
)
const order = fc.constantFrom(
  '',
  '',
  ' ORDER BY y.a, x.a, x.id, y.id',
  ' ORDER BY x.id, y.id LIMIT 1',
  ' ORDER BY x.id DESC, y.id LIMIT 1',
  ' ORDER BY y.id, x.id LIMIT 2',
  ' ORDER BY x.id, y.id LIMIT 2 OFFSET 1',
)

const twoTables = fc
  .tuple(
    shown,
    fc.constantFrom('JOIN', 'INNER JOIN', 'LEFT JOIN', 'LEFT OUTER JOIN', 'RIGHT JOIN', 'FULL JOIN'),
    condition(both),
    condition(both, [inner]),
    order,
  )
  .map(
    ([list, join, on, where, tail]) => `SELECT ${list} FROM u x ${join} p y ON ${on} WHERE ${where}${tail}`,
  )
const comma = fc
  .tuple(shown, condition(both, [inner]), order)
  .map(([list, where, tail]) => `SELECT ${list} FROM u x, p AS y WHERE ${where}${tail}`)
const three = fc
  .tuple(
    fc.constantFrom('JOIN', 'LEFT JOIN'),
    condition(both),
    fc.constantFrom('JOIN', 'LEFT JOIN', 'RIGHT JOIN'),
    condition([...both, 'w.id', 'w.u']),
    condition([...both, 'w.u']),
  )
  .map(
    ([first, on, second, other, where]) =>
      `SELECT x.id AS i, y.id AS j, w.id AS l FROM u x ${first} p y ON ${on} ${second} p w ON ${other} WHERE ${where}`,
  )
const derived = fc
  .tuple(condition(['x.id', 'x.a', 'y.u']), condition(['d.i', 'd.j']))
  .map(
    ([where, outer]) =>
      `SELECT d.i FROM (SELECT x.id AS i, y.id AS j FROM u x LEFT JOIN p y ON y.u = x.id WHERE ${where}) d WHERE ${outer} ORDER BY d.i LIMIT 2`,
  )
const completed = fc
  .tuple(
    condition(both),
    condition(['y.id', 'y.u', 'w.id', 'w.u', 'w.a']),
    condition(['x.id', 'x.a']),
    fc.constantFrom('', ' ORDER BY x.a, y.a, x.id, y.id, w.id', ' ORDER BY x.id, y.id, w.id LIMIT 2'),
  )
  .map(
    ([on, other, where, tail]) =>
      `SELECT x.id AS i, y.id AS j, w.id AS l FROM u x LEFT JOIN p y ON ${on} LEFT JOIN p w ON ${other} WHERE ${where}${tail}`,
  )
const pages = fc
  .tuple(
    fc.constantFrom('LEFT JOIN', 'LEFT JOIN', 'JOIN'),
    condition(both),
    condition(['x.id', 'x.a']),
    fc.constantFrom('', '', ', d.k', ', d.m'),
    fc.constantFrom(
      'ORDER BY d.i LIMIT 2',
      'ORDER BY d.k, i LIMIT 2',
      'ORDER BY d.k DESC, i LIMIT 2 OFFSET 0',
      'ORDER BY i LIMIT 2 OFFSET 1',
      'ORDER BY i LIMIT 1, 1',
    ),
  )
  .map(
    ([join, on, where, list, tail]) =>
      `SELECT DISTINCT d.i AS ids${list} FROM (SELECT x.id AS i, x.a AS k, y.a AS m FROM u x ${join} p y ON ${on} WHERE ${where}) AS d ${tail}`,
  )
const single = condition(['u', 'a', 'id']).map((where) => `SELECT p.id FROM p WHERE ${where}`)
const first = fc
  .tuple(
    condition(['p.u', 'p.a']),
    fc.constantFrom('p.a', 'p.u', 'k', 'i'),
    fc.constantFrom('', ' DESC', ' ASC NULLS LAST', ' + 0', ' * -1'),
    fc.constantFrom('1', '2', '3', '2 OFFSET 1', '1, 1', '(1 + 1)', '0'),
  )
  .map(
    ([where, by, direction, limit]) =>
      `SELECT p.id AS i, p.a AS k, p.u AS l FROM p WHERE ${where} ORDER BY ${by}${direction}, p.id LIMIT ${limit}`,
  )

const value = fc.constantFrom('1', '2', '3', 'NULL')
const change = fc.oneof(
  fc
    .tuple(value, value)
    .map(([u, a]) => ({ table: 'p' as const, change: `INSERT INTO p (u, a) VALUES (${u}, ${a})` })),
  fc
    .integer({ min: 1, max: 6 })
    .map((id) => ({ table: 'p' as const, change: `DELETE FROM p WHERE id = ${String(id)}` })),
  fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('u', 'a'), value).map(([id, name, to]) => ({
    table: 'p' as const,
    change: `UPDATE p SET ${name} = ${to} WHERE id = ${String(id)}`,
  })),
  value.map((a) => ({ table: 'u' as const, change: `INSERT INTO u (a) VALUES (${a})` })),
  fc
    .integer({ min: 1, max: 3 })
    .map((id) => ({ table: 'u' as const, change: `DELETE FROM u WHERE id = ${String(id)}` })),
  fc.tuple(fc.integer({ min: 1, max: 3 }), value).map(([id, to]) => ({
    table: 'u' as const,
    change: `UPDATE u SET a = ${to} WHERE id = ${String(id)}`,
  })),
)

export const changedQueries: fc.Arbitrary<Changed> = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: twoTables }, comma, three, derived, completed, pages, single, first),
    change,
  )
  .map(([sql, changed]) => ({ sql, ...changed }))
