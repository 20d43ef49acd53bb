import { expect, test } from 'vitest'
import { copyArguments } from '../src/client/copy-arguments.js'

class Decimal {
  readonly digits = '1.50'
}

test('arguments that are copied stay as they are, whatever their caller does with them', () => {
  const amount = new Decimal()
  const make = () => ({
    where: { id: { in: [1, 2] }, at: new Date(7), bytes: Buffer.from([1, 2]), amount, none: undefined },
    orderBy: [{ name: 'asc' }, null],
    take: 10n,
  })
  const given = make()
  const copied = copyArguments(given)
  given.where.id.in.push(3)
  given.where.at.setTime(8)
  given.where.bytes[0] = 9
  given.orderBy[0]!.name = 'desc'
  given.orderBy.pop()
  given.take = 20n
  const expected = make()
  expect(copied).toEqual({ ...expected, where: { ...expected.where, bytes: Uint8Array.from([1, 2]) } })
  expect(copied.where.amount).toBe(amount)
})
