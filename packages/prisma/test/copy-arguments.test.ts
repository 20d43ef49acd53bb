import { runInNewContext } from 'node:vm'
import { skip } from '@prisma/client/runtime/client'
import { describe, expect, test } from 'vitest'
import { copyArguments } from '../src/client/copy-arguments.js'
import { Prisma } from './generated/client/client.js'
import { createDatabase, createPlain } from './support/sqlite.js'

test('arguments that are copied stay as they are, whatever their caller does with them', () => {
  const make = () => ({
    where: { id: { in: [1, 2] }, at: new Date(7), bytes: Buffer.from([1, 2]), none: undefined },
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
})

class Filter {
  readonly name = 'Ada'
  readonly karma: object
  constructor(karma: object) {
    this.karma = karma
  }
  isEmpty(): boolean {
    return false
  }
}

describe('instances of classes', () => {
  test('that are read by their properties become plain objects', () => {
    const inherited: unknown = Object.create({ email: 'ada@example.com' })
    const copied = copyArguments({ where: new Filter(new Filter({ gt: 1 })), AND: [inherited] })
    expect(copied).toStrictEqual({
      where: { name: 'Ada', karma: { name: 'Ada', karma: { gt: 1 } } },
      AND: [{ email: 'ada@example.com' }],
    })
  })

  test('of another realm are what they are in this one', () => {
    const foreign: unknown = runInNewContext('({ at: new Date(7), in: [1], bytes: new Uint8Array([1, 2]) })')
    expect(copyArguments(foreign as object)).toStrictEqual({
      at: new Date(7),
      in: [1],
      bytes: Uint8Array.from([1, 2]),
    })
  })

  test('that Prisma tells apart by their class are kept', async () => {
    const database = createDatabase()
    const { prisma } = createPlain(database.url)
    const kept = [Prisma.DbNull, Prisma.JsonNull, skip, new Prisma.Decimal('1.50'), prisma.user.fields.name]
    const { AND: copied } = copyArguments({ AND: kept }) as { AND: unknown[] }
    for (const [at, value] of kept.entries()) expect(copied[at]).toBe(value)
    await prisma.$disconnect()
    database.remove()
  })

  test('that know their own JSON are kept', () => {
    const moment = new (class {
      toJSON = () => '2026-11-22T00:00:00.000Z'
    })()
    expect(copyArguments({ at: moment })).toHaveProperty('at', moment)
  })
})

test('inherited properties of the arguments themselves are not looked at, as Prisma does not', () => {
  expect(copyArguments(Object.create({ where: { id: 1 } }) as object)).toStrictEqual({})
})

test('a name that would change a prototype is a property like any other', () => {
  const copied = copyArguments(JSON.parse('{ "__proto__": { "take": 1 } }') as object)!
  expect(Object.getPrototypeOf(copied)).toBe(Object.prototype)
  expect(Object.keys(copied)).toEqual(['__proto__'])
})

test('what cannot be copied is not', () => {
  const cycle: Record<string, unknown> = {}
  cycle['where'] = cycle
  expect(copyArguments(cycle)).toBeUndefined()
})
