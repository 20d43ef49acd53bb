import { expect, test } from 'vitest'
import { createWriteReach, type ForeignKeyEdge, type TableGraph } from '../src/index.js'

const key = (child: string, parent: string, given: Partial<ForeignKeyEdge> = {}): ForeignKeyEdge => ({
  child,
  parent,
  columns: [`${parent}id`],
  references: ['id'],
  onDelete: 'Cascade',
  onUpdate: 'NoAction',
  ...given,
})

function cascadesOf(
  table: string,
  foreignKeys: readonly ForeignKeyEdge[],
  given: Partial<TableGraph> = {},
  isNext = false,
): readonly string[] {
  const tables = new Set(foreignKeys.flatMap(({ child, parent }) => [child, parent]))
  const graph = {
    tables,
    views: new Set<string>(),
    foreignKeys,
    sourcesOf: () => undefined,
    dependentsOf: () => [],
    ...given,
  }
  const reach = createWriteReach(graph)
  const cascades = isNext
    ? reach.cascadesOn({ table, action: 'delete' })
    : reach.cascades({ table, action: 'delete' })
  return cascades.map(({ child, columns }) => `${child}.${columns!.join()}`)
}

const nextOf = (table: string, foreignKeys: readonly ForeignKeyEdge[], given: Partial<TableGraph> = {}) =>
  cascadesOf(table, foreignKeys, given, true)

test('rows are deleted along by each key that says so', () => {
  const keys = [key('post', 'user'), key('post', 'user', { columns: ['editorid'] }), key('profile', 'user')]
  expect(cascadesOf('User', keys)).toEqual(['post.userid', 'post.editorid', 'profile.userid'])
  expect(cascadesOf('post', keys)).toEqual([])
})

test('a key that does nothing is none, and one that is emptied makes the rows of its table any', () => {
  expect(cascadesOf('user', [key('post', 'user', { onDelete: 'Restrict' })])).toEqual([])
  expect(
    cascadesOf('user', [
      key('post', 'user'),
      key('post', 'user', { columns: ['editorid'], onDelete: 'SetNull' }),
    ]),
  ).toEqual([])
})

test('what is reached by another way as well is not told', () => {
  const keys = [key('post', 'user'), key('comment', 'post'), key('comment', 'user'), key('like', 'comment')]
  expect(cascadesOf('user', keys)).toEqual(['post.userid'])
})

test('a tree that is deleted with its root is not told, from within nor from without', () => {
  const tree = [key('folder', 'folder'), key('folder', 'user')]
  expect(cascadesOf('folder', tree)).toEqual([])
  expect(cascadesOf('user', tree)).toEqual([])
})

test('where a declaration carries it on, nothing is told', () => {
  expect(
    cascadesOf('user', [key('post', 'user')], { dependentsOf: (of) => (of === 'user' ? ['post'] : []) }),
  ).toEqual([])
})

test('only a delete deletes along', () => {
  const graph = {
    tables: new Set(['post', 'user']),
    views: new Set<string>(),
    foreignKeys: [key('post', 'user')],
    sourcesOf: () => undefined,
    dependentsOf: () => [],
  }
  expect(createWriteReach(graph).cascades({ table: 'user', action: 'truncate' })).toEqual([])
  expect(createWriteReach(graph).cascades({ table: 'user', action: 'replace' })).toEqual([])
})

test('rows of those that are deleted along are deleted along', () => {
  const keys = [key('post', 'user'), key('comment', 'post'), key('like', 'comment')]
  expect(nextOf('User', keys)).toEqual(['comment.postid'])
  expect(nextOf('post', keys)).toEqual(['like.commentid'])
  expect(nextOf('comment', keys)).toEqual([])
})

test('but not told of tables that are reached otherwise as well', () => {
  const keys = [key('post', 'user'), key('comment', 'post'), key('profile', 'user')]
  expect(nextOf('user', [...keys, key('comment', 'profile')])).toEqual([])
  expect(nextOf('user', [...keys, key('comment', 'user')])).toEqual([])
  expect(nextOf('user', [...keys, key('comment', 'comment')])).toEqual([])
  expect(
    nextOf('user', [...keys, key('comment', 'post', { columns: ['pageid'], onDelete: 'SetNull' })]),
  ).toEqual([])
  expect(nextOf('user', [...keys, key('comment', 'page')])).toEqual(['comment.postid'])
})

test('nor where a declaration carries on what is deleted along', () => {
  const keys = [key('post', 'user'), key('comment', 'post')]
  expect(nextOf('user', keys, { dependentsOf: (of) => (of === 'post' ? ['page'] : []) })).toEqual([])
})
