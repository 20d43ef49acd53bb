import type { AnyClient } from './world.js'

/** Rows of every model, as far as they are not there. */
export async function seedRows(prisma: AnyClient): Promise<void> {
  const rows: readonly (readonly [string, readonly Record<string, unknown>[]])[] = [
    [
      'club',
      [1, 2].map((at) => ({
        id: `0000000a-0000-4000-8000-00000000000${at}`,
        name: 'ab c'.split(' ')[at - 1],
      })),
    ],
    [
      'person',
      ['a', 'b', 'é'].map((email, at) => ({ id: at + 1, email, name: 'x', age: at, bossId: at || null })),
    ],
    ['profile', [1, 3].map((personId) => ({ personId, bio: 'y' }))],
    [
      'post',
      ['x', 'y', 'x', 'z'].map((slug, at) => ({ slug, title: 'x', authorId: 1 + (at % 3), editorId: 1 })),
    ],
    ['tag', ['t', 'u', null].map((label, at) => ({ id: at + 1, label }))],
    ['comment', [1, 2, 3].map((postId) => ({ postId, no: 1, body: 'z', personId: postId }))],
    ['reaction', [1, 2].map((id) => ({ id, kind: 'x', postId: id, no: 1 }))],
    ['note', ['k', 'é'].map((key) => ({ key, amount: 2, kind: 'x' }))],
  ]
  // Each is a write of its own: what is in the way of one must not keep the others from being looked at.
  const attempt = async (write: PromiseLike<unknown>) => await write.then(undefined, () => undefined)
  for (const [model, data] of rows)
    await attempt(prisma.model(model)['createMany']!({ data, skipDuplicates: true }))
  for (const id of [1, 2, 3]) {
    const tags = { connect: [{ id: 1 }, { id }] }
    await attempt(prisma.model('Post')['updateMany']!({ where: { id }, data: { title: 'x' } }))
    await attempt(prisma.model('Post')['update']!({ where: { id }, data: { tags } }))
    const friends = { connect: [{ id: 1 }] }
    await attempt(prisma.model('Person')['update']!({ where: { id }, data: { friends } }))
  }
}
