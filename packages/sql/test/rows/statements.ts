import fc from 'fast-check'

/** One statement and its values. */
export interface Sent {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** A piece of SQL, whose `?` stand for its own values. */
type Piece = readonly [text: string, values: readonly unknown[]]

const plain = (text: string): Piece => [text, []]
const join = (pieces: readonly Piece[], between: string): Piece => [
  pieces.map(([text]) => text).join(between),
  pieces.flatMap(([, values]) => values),
]
const sequence = (...pieces: readonly (Piece | string)[]): Piece =>
  join(
    pieces.map((piece) => (typeof piece === 'string' ? plain(piece) : piece)),
    '',
  )

const given = fc.constantFrom<unknown>(
  1,
  2,
  3,
  0,
  -1,
  1.5,
  null,
  '1',
  '2',
  '1.0',
  ' 1',
  'a',
  'A',
  'a ',
  'b',
  'ch',
  'é',
  'A\u0001',
  2n,
  '',
)
const written = fc.constantFrom(
  '1',
  '2',
  '3',
  '-1',
  '0',
  '1.0',
  '1e0',
  '0x1',
  'NULL',
  "'a'",
  "'A '",
  "'1'",
  "'b'",
  '"a"',
  'true',
  'a',
  '(1)',
  '+1',
  '1+1',
  'abs(1)',
  'CAST(1 AS int)',
)
const value: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 3, arbitrary: given.map((one): Piece => ['?', [one]]) },
  { weight: 2, arbitrary: written.map(plain) },
)
const column = fc.constantFrom(
  'id',
  'a',
  'b',
  's',
  'r',
  'x',
  '"a"',
  't.a',
  '`S`',
  'main.t.b',
  '[id]',
  '(a)',
  'rowid',
  'offset',
)
const changed = fc.constantFrom('a', 'b', 's', 'r', 'x', '"a"', 'A', 'id', 'rowid')

const list = fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => join(values, ', '))

const comparison: fc.Arbitrary<Piece> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(column, fc.constantFrom(' = ', ' == ', '='), value)
      .map(([name, equals, right]) => sequence(name, equals, right)),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(column, list).map(([name, values]) => sequence(name, ' IN (', values, ')')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(value, value, value, value)
      .map(([a, b, c, d]) => sequence('(a, b) IN (VALUES (', a, ', ', b, '), (', c, ', ', d, '))')),
  },
  { weight: 1, arbitrary: fc.tuple(value, value).map(([a, b]) => sequence('(a, b) = (', a, ', ', b, ')')) },
  fc
    .tuple(
      column,
      fc.constantFrom(
        ' <> ',
        ' >= ',
        ' < ',
        '<=',
        ' > ',
        ' IS ',
        ' IS NOT ',
        ' LIKE ',
        ' != ',
        ' IS DISTINCT FROM ',
      ),
      value,
    )
    .map(([name, operator, right]) => sequence(name, operator, right)),
  fc.tuple(column, list).map(([name, values]) => sequence(name, ' NOT IN (', values, ')')),
  fc.tuple(column, value, value).map(([name, low, high]) => sequence(name, ' BETWEEN ', low, ' AND ', high)),
  fc
    .tuple(column, value, value, value)
    .map(([name, low, high, other]) => sequence(name, ' BETWEEN ', low, ' AND ', high, ' = ', other)),
  fc
    .tuple(column, value, column, value)
    .map(([name, low, other, right]) => sequence(name, ' BETWEEN ', low, ' AND (', other, ' = ', right, ')')),
  fc.tuple(column, value).map(([name, right]) => sequence(name, ' COLLATE binary = ', right)),
  fc.tuple(column, value).map(([name, right]) => sequence(name, ' = ', right, ' IS NOT TRUE')),
  fc.tuple(column, value).map(([name, right]) => sequence(name, ' + 0 = ', right)),
  fc.tuple(column, value).map(([name, right]) => sequence(name, ' = ', right, ' * offset')),
  fc
    .tuple(column, value)
    .map(([name, right]) => sequence('CASE WHEN 1 AND ', name, ' = ', right, ' AND 0 THEN 0 ELSE 1 END')),
  fc.constantFrom<Piece>(
    plain('1=1'),
    plain('1=0'),
    plain('a IS NULL'),
    plain('EXISTS (SELECT 1 FROM t AS u WHERE u.a = 1 OR 1)'),
    plain('a = b'),
    plain("a IN (SELECT b FROM t WHERE s = 'a')"),
    plain('offset'),
    plain('b IN ()'),
  ),
)

const { condition } = fc.letrec<{ condition: Piece }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: comparison },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie('condition'), fc.constantFrom(' AND ', ' OR ', ' and '), tie('condition'))
        .map(([left, word, right]) => sequence(left, word, right)),
    },
    { weight: 2, arbitrary: tie('condition').map((inner) => sequence('(', inner, ')')) },
    { weight: 1, arbitrary: tie('condition').map((inner) => sequence('NOT ', inner)) },
  ),
}))

const where: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 9, arbitrary: condition.map((inner) => sequence(' WHERE ', inner)) },
  { weight: 1, arbitrary: fc.constant(plain('')) },
)
const returning = fc.constantFrom<Piece>(
  plain(''),
  plain(''),
  plain(' RETURNING *'),
  plain(' RETURNING id'),
  plain(' RETURNING id AS a, a AS "b", s'),
  plain(' RETURNING a, b, A + 1 AS "id"'),
  plain(' RETURNING t.id, "r", "S"'),
)
const assigned: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(changed, value).map(([name, right]) => sequence(name, ' = ', right)) },
  fc.tuple(changed, changed).map(([name, other]) => plain(`${name} = ${other}`)),
  fc.tuple(changed, value).map(([name, right]) => sequence(name, ' = a + ', right)),
  fc.tuple(value, value).map(([left, right]) => sequence('(a, s) = (', left, ', ', right, ')')),
)
const assignments = fc.array(assigned, { minLength: 1, maxLength: 2 }).map((pieces) => join(pieces, ', '))

const update = fc
  .tuple(
    fc.constantFrom(
      'UPDATE t SET ',
      'UPDATE OR IGNORE t SET ',
      'UPDATE main.t SET ',
      'UPDATE OR REPLACE t SET ',
    ),
    assignments,
    where,
    returning,
  )
  .map((pieces) => sequence(...pieces))
const remove = fc
  .tuple(fc.constantFrom('DELETE FROM t', 'DELETE FROM main.t'), where, returning)
  .map((pieces) => sequence(...pieces))

const proposedValue = value.filter(([text]) => !/^a$|"/.test(text))
const rows = fc
  .array(
    fc
      .tuple(proposedValue, proposedValue, proposedValue)
      .map((values) => sequence('(', join(values, ', '), ')')),
    { minLength: 1, maxLength: 2 },
  )
  .map((pieces) => join(pieces, ', '))
const onConflict = fc.oneof(
  { weight: 3, arbitrary: fc.constant(plain('')) },
  fc.constant(plain(' ON CONFLICT DO NOTHING')),
  fc
    .tuple(
      fc.constantFrom('(s)', '(id)', '(a, b)', ''),
      fc.oneof(
        assignments,
        fc.constantFrom(
          plain('a = excluded.a'),
          plain('s = excluded.s, a = excluded.b'),
          plain('a = EXCLUDED.a, b = 3'),
        ),
      ),
    )
    .map(([target, list]) => sequence(' ON CONFLICT ', target, ' DO UPDATE SET ', list)),
  fc
    .tuple(fc.constantFrom('(s)', '(a, b)'), assignments, condition)
    .map(([target, list, filter]) =>
      sequence(' ON CONFLICT ', target, ' DO UPDATE SET ', list, ' WHERE ', filter),
    ),
)
const insert = fc
  .tuple(
    fc.constantFrom(
      'INSERT INTO t ',
      'INSERT OR IGNORE INTO t ',
      'INSERT OR REPLACE INTO t ',
      'REPLACE INTO t ',
    ),
    fc.constantFrom('(a, b, s)', '(s, id, r)', '(a, x, s)', '(id, "A", `s`)'),
    fc.constant(' VALUES '),
    rows,
    onConflict,
    returning,
  )
  .map((pieces) => sequence(...pieces))
const otherInserts = fc.constantFrom<Piece>(
  plain('INSERT INTO t DEFAULT VALUES'),
  plain('INSERT INTO t DEFAULT VALUES RETURNING *'),
  plain("INSERT INTO t (a, s) SELECT a + 5, s || 'x' FROM t"),
  plain('INSERT INTO t VALUES (9, 9, 9, 9, 9, 9, NULL, 9)'),
  ['INSERT INTO t (s) VALUES (?)', ['zz']],
)

/** Statements that write the table `t`, over domains so small that most of them meet rows. */
export const statements: fc.Arbitrary<Sent> = fc
  .oneof(
    { weight: 5, arbitrary: update },
    { weight: 4, arbitrary: remove },
    { weight: 5, arbitrary: insert },
    { weight: 1, arbitrary: otherInserts },
  )
  .map(([sql, parameters]) => ({ sql, parameters }))
