import { expect, test } from 'vitest'
import type { Binding, Read } from './binding.js'
import { Gate } from './gate.js'
import { Stalled, watched } from './watchdog.js'

const read: Read = { model: 'Post', unordered: false }

/** What is looked at of a binding, on a gate of its own. */
function open() {
  const gate = new Gate()
  const maker = { describeRead: () => 'Post.findMany()' }
  const binding = { gate, maker, seed: '7', underWay: new Set([{ kind: 'read', read }]) }
  let look = (): void => undefined
  const every = (given: () => void) => {
    look = given
    return () => (look = () => undefined)
  }
  return { gate, binding: binding as unknown as Binding, every, look: () => look() }
}

test('a run in which nothing reaches the database any more is given up, and says which step and which statement wait', async () => {
  const { gate, binding, every, look } = open()
  gate.hold('after', () => true)
  const run = watched(binding, () => gate.pass('SELECT 1', async () => 'never told'), { patience: 3, every })
  for (let i = 0; i <= 3; i++) look()
  const error: unknown = await run.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Stalled)
  expect(String(error).split('\n')).toEqual([
    'Stalled: Nothing goes on any more (schema 7). Steps under way:',
    '  Post.findMany()',
    'Statements that wait for an answer, or to be sent:',
    '  SELECT 1',
  ])
})

test('a run in which something reaches the database now and then goes on', async () => {
  const { gate, binding, every, look } = open()
  const held = gate.hold('after', (sql) => sql === 'SELECT 1')
  const run = watched(binding, () => gate.pass('SELECT 1', async () => 'told'), { patience: 3, every })
  for (let i = 0; i < 10; i++) {
    look()
    look()
    await gate.pass('SELECT 2', async () => undefined)
  }
  held.release()
  expect(await run).toBe('told')
})
