import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  conditionsOf,
  createValueBucket,
  type Execution,
  JudgedTags,
  knownWrites,
  preciseTable,
  type RowChange,
  type StatementAnswer,
  writeTags,
} from '@freshet/core/adapter'
import { beginTags } from '../../src/precision/write-tags.js'

const table = preciseTable({
  prefix: '',
  name: 'post',
  columns: { named: () => ({ column: { type: 'integer' } }) },
  rowKey: ['id'],
  keys: [['slug'], ['tenant', 'kind']],
  selfChanging: ['updated'],
  volatile: ['views'],
  bucketOf: createValueBucket('s'),
})

/** What one key's values are told to be: before the answer, or by it, or never. */
const told = fc.record({
  values: fc.array(fc.integer({ min: 1, max: 3 }).map(String), { maxLength: 2 }),
  when: fc.constantFrom('before', 'answered', 'never'),
})

type Told = typeof told extends fc.Arbitrary<infer Value> ? Value : never

const changeOf = (
  base: Pick<RowChange, 'kind' | 'assigned' | 'isNothing'>,
  byKey: readonly Told[],
  isAnswered: boolean,
): RowChange => {
  const valuesOf = (key: readonly string[], from: number) => {
    const { values, when } = byKey[(from + key.length + key.join().length) % byKey.length]!
    const isTold = when === 'before' || (when === 'answered' && isAnswered)
    return isTold ? values.map((value) => key.map(() => value)) : undefined
  }
  return {
    ...base,
    inserts: base.kind === 'insert' || base.kind === 'upsert',
    deletes: base.kind === 'delete',
    touched: (key) => valuesOf(key, 0),
    entering: (key) => valuesOf(key, 3),
  }
}

test('tags that were begun before the answer are those that the answered change has', () => {
  const base = fc.record({
    kind: fc.constantFrom('insert', 'update', 'delete', 'upsert'),
    assigned: fc.constantFrom(undefined, [], ['views'], ['title', 'views'], ['slug']),
    isNothing: fc.constant(false),
  })
  fc.assert(
    fc.property(base, fc.array(told, { minLength: 7, maxLength: 7 }), (change, byKey) => {
      const answered = changeOf(change, byKey, true)
      const begun = beginTags(changeOf(change, byKey, false), table)!
      expect(begun.end(answered).toSorted()).toEqual(writeTags(answered, table).toSorted())
    }),
    { numRuns: 2000 },
  )
})

test('there is nothing to begin with where all is wide, or nothing is done', () => {
  const none: RowChange = changeOf(
    { kind: 'update', assigned: [], isNothing: true },
    [{ values: [], when: 'never' }],
    true,
  )
  expect(beginTags(none, table)).toBeUndefined()
  expect(beginTags({ ...none, isNothing: false, kind: 'unknown' }, table)).toBeUndefined()
})

test('a write that was prepared before the answer bumps what the answered one does', () => {
  const base = fc.record({
    kind: fc.constantFrom('insert', 'update', 'delete', 'upsert'),
    assigned: fc.constantFrom(undefined, [], ['views'], ['title', 'views'], ['slug']),
    isNothing: fc.constant(false),
  })
  const condition = fc.boolean()
  const judged = fc.constantFrom<(readonly string[])[]>([], ['post.views'], ['post[]', 'post-'])
  const answer = fc.constantFrom(undefined, {}, { affected: 0 }, { affected: 1 })
  fc.assert(
    fc.property(
      base,
      fc.array(told, { minLength: 7, maxLength: 7 }),
      condition,
      judged,
      answer,
      (change, byKey, isConditional, judgedTags, given) => {
        const rowsOf = (_statement: unknown, { affected }: { readonly affected?: number | undefined }) => ({
          ...changeOf(change, byKey, given !== undefined && affected !== undefined),
          table: { name: 'post' },
          reason: undefined,
          isNothing: affected === 0,
          condition: () => (isConditional ? { excludes: () => false } : undefined),
          tell: () => ({ touched: nothing, entering: nothing, after: () => [String(affected)] }),
        })
        const cascading = { child: 'comment', columns: ['post'], references: ['id'] }
        const writes = knownWrites({
          reach: {
            touched: () => 'all',
            beyond: ({ isDelete }: { readonly table: string; readonly isDelete: boolean }) => ({
              tables: isDelete ? ['comment'] : [],
            }),
            cascades: ({ isDelete }) => (isDelete ? [cascading] : []),
            holdsRows: () => true,
          },
          tables: { of: (name) => (name === 'post' ? table : comments) },
          compared: { listed: () => ({ excludes: () => false }), areAlike: () => true },
          judged: { has: (tag) => judgedTags.includes(tag), size: judgedTags.length },
          rowsOf,
          isKnown: true,
        })
        const statement = { sql: '', writes: [{ table: 'post', isDelete: change.kind === 'delete' }] }
        const execution = { statement, parameters: [] }
        const told = (tags: readonly string[] | 'all') => [
          tags === 'all' ? tags : tags.toSorted(),
          tags === 'all'
            ? undefined
            : [...(conditionsOf(tags) ?? [])]
                .map(([tag, { changes }]) => [tag, changes.map(({ tell }) => tell?.().after(['title']))])
                .toSorted(([one], [other]) => String(one).localeCompare(String(other))),
        ]
        const prepared = writes.prepare!(execution)
        const asked = told(writes.tagsOf!(execution, given, undefined))
        expect(told(writes.tagsOf!(execution, given, prepared))).toEqual(asked)
        if (prepared?.whole !== undefined && given?.affected !== 0)
          expect(told(prepared.whole)).toEqual(asked)
      },
    ),
    { numRuns: 3000 },
  )
})

test('a text that is sent again bumps what it would if it were the first time', () => {
  const keys = ['id', ...table.otherKeys.map(({ columns }) => columns.join())]
  const seldom = fc.oneof({ arbitrary: fc.constant(false), weight: 5 }, fc.boolean())
  const text = fc.record({ isAssigned: seldom, isPinned: seldom })
  const texts = fc.array(text, { minLength: keys.length, maxLength: keys.length })
  const sending = fc.record({
    id: fc.constantFrom('1', '2', undefined),
    affectsNone: seldom,
    isPrepared: fc.boolean(),
    // Of what is judged, more is certain.
    judges: fc.constantFrom(undefined, 'post.views', 'post[]', 'post~'),
  })
  const base = fc.record({
    kind: fc.constantFrom('update', 'update', 'update', 'delete'),
    assigned: fc.constantFrom([], ['views'], ['title', 'views'], ['slug']),
    mayTellMore: fc.boolean(),
    alsoWrites: seldom,
  })
  let remembered = 0
  fc.assert(
    fc.property(
      base,
      texts,
      fc.array(sending, { minLength: 2, maxLength: 5 }),
      ({ alsoWrites, ...change }, ofKeys, sendings) => {
        const judged = new JudgedTags()
        const cascading = { child: 'comment', columns: ['post'], references: ['id'] }
        const textOf = (key: readonly string[]) => {
          const place = keys.indexOf(key.join())
          return place === 0 ? { ...ofKeys[0]!, isPinned: true } : ofKeys[place]
        }
        const rowsOf = (
          _: unknown,
          { parameters, affected }: Pick<Execution<unknown>, 'parameters'> & StatementAnswer,
        ) => {
          const id = parameters?.[0] as string | undefined
          return {
            ...change,
            table: { name: 'post' },
            reason: undefined,
            inserts: false,
            deletes: change.kind === 'delete',
            isNothing: id === 'none',
            textOf,
            touched: (key: readonly string[]) => {
              const isTold = textOf(key)?.isPinned === true || (change.mayTellMore && affected !== undefined)
              return isTold && id !== undefined ? [key.map(() => id)] : undefined
            },
            entering: (key: readonly string[]) =>
              textOf(key)?.isAssigned === true ? [key.map(() => `new ${id}`)] : [],
            tell: () => ({ touched: nothing, entering: nothing, after: () => [] }),
          }
        }
        const make = () =>
          knownWrites({
            reach: {
              touched: () => ({ tables: ['post', 'comment'] }),
              beyond: () => ({ tables: ['comment'] }),
              cascades: () => (change.kind === 'delete' ? [cascading] : []),
              holdsRows: () => true,
            },
            tables: { of: (name) => (name === 'post' ? table : comments) },
            compared: { listed: () => ({ excludes: () => false }), areAlike: () => true },
            judged,
            rowsOf,
            isKnown: true,
          })
        const writes = make()
        const statement = {
          sql: '',
          writes: [{ table: 'post' }, ...(alsoWrites ? [{ table: 'comment' }] : [])],
        }
        const wholeOf = (of: typeof writes, id: string | undefined) => {
          const whole = of.prepare!({ statement, parameters: [id] })?.whole
          return whole === 'all' ? whole : whole?.toSorted()
        }
        const answeredOf = (of: typeof writes, id: string | undefined) => {
          const tags = of.tagsOf!({ statement, parameters: [id] }, { affected: 1 }, undefined)
          return [tags === 'all' ? tags : tags.toSorted(), tags === 'all' || conditionsOf(tags) === undefined]
        }
        for (const { id, affectsNone, judges, isPrepared } of sendings) {
          if (judges !== undefined) judged.addAll([judges])
          const given = affectsNone ? 'none' : id
          const askOf = isPrepared ? wholeOf : answeredOf
          const first = askOf(make(), given)
          expect(askOf(writes, given)).toEqual(first)
          if (first !== undefined) remembered++
        }
      },
    ),
    { numRuns: 3000 },
  )
  expect(remembered).toBeGreaterThan(300)
})

const nothing = () => undefined

const comments = preciseTable({
  prefix: '',
  name: 'comment',
  columns: { named: () => ({ column: { type: 'integer' } }) },
  rowKey: ['id'],
  keys: [['post']],
  selfChanging: [],
  bucketOf: createValueBucket('s'),
})

test('what no answer tells more of is told whole before it', () => {
  const change = changeOf(
    { kind: 'update', assigned: ['title'], isNothing: false },
    [{ values: [], when: 'never' }],
    true,
  )
  expect(beginTags(change, table)).toMatchObject({ isTold: false })
  const begun = beginTags({ ...change, mayTellMore: false }, table)!
  expect(begun.isTold).toBe(true)
  expect(begun.end(change).toSorted()).toEqual(writeTags(change, table).toSorted())
})
