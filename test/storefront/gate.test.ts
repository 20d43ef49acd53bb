import { describe, expect, it } from 'vitest'
import { Gate } from '../../examples/storefront/src/visits/gate.js'

/** Work that is inside the gate until it is told to end. */
function heldWork(log: string[], name: string) {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const work = async (): Promise<void> => {
    log.push(`${name} enters`)
    await ended
    log.push(`${name} leaves`)
  }
  return { work, end }
}

describe('the gate between changes and comparisons', () => {
  it('lets changes run side by side', async () => {
    const log: string[] = []
    const [first, second] = [heldWork(log, 'first'), heldWork(log, 'second')]
    const gate = new Gate()
    const both = [gate.enter('changes', first.work), gate.enter('changes', second.work)]
    second.end()
    first.end()
    await Promise.all(both)
    expect(log.slice(0, 2)).toEqual(['first enters', 'second enters'])
  })

  it('never has a change and a comparison inside together', async () => {
    const log: string[] = []
    const [change, comparison, later] = [
      heldWork(log, 'change'),
      heldWork(log, 'comparison'),
      heldWork(log, 'later'),
    ]
    const gate = new Gate()
    const all = [
      gate.enter('changes', change.work),
      gate.enter('comparisons', comparison.work),
      gate.enter('changes', later.work),
    ]
    for (const { end } of [later, comparison, change]) end()
    await Promise.all(all)
    expect(log.join(', ')).toBe(
      'change enters, change leaves, comparison enters, comparison leaves, later enters, later leaves',
    )
  })

  it('opens again after work that failed', async () => {
    const gate = new Gate()
    const failed = gate.enter('changes', () => Promise.reject(new Error('no stock')))
    await expect(failed).rejects.toThrow('no stock')
    expect(await gate.enter('comparisons', () => Promise.resolve('entered'))).toBe('entered')
  })

  it('knows that a change has been inside since one began to watch, even if it has left', async () => {
    const gate = new Gate()
    const isQuietSince = gate.watch()
    await gate.enter('comparisons', () => Promise.resolve())
    expect(isQuietSince()).toBe(true)
    await gate.enter('changes', () => Promise.resolve())
    expect(isQuietSince()).toBe(false)
  })

  it('knows that a change was inside when one began to watch', async () => {
    const gate = new Gate()
    const change = heldWork([], 'change')
    const changing = gate.enter('changes', change.work)
    const isQuietSince = gate.watch()
    change.end()
    await changing
    expect(isQuietSince()).toBe(false)
  })
})
