import { FakeClock, held, HeldLoader, settled, stateOf } from '@freshet/testing'
import { describe, expect, test } from 'vitest'
import { type Catalogue, catalogueQueries, createLiveCatalogue } from '@freshet/sql'

type Rows = readonly unknown[]

const rowsOf = (...tables: string[]): Rows =>
  tables.map((tbl) => ['column', 'public', tbl, 'id', '', 1, 'integer', ''])
const tablesOf = (catalogue: Catalogue | undefined) => catalogue && [...catalogue.tables.keys()]

function scene() {
  const clock = new FakeClock()
  const failures: unknown[] = []
  const catalogue = createLiveCatalogue({
    dialect: 'postgresql',
    clock,
    deadlineMs: 2000,
    onFailure: (cause) => failures.push(cause),
  })
  const database = new HeldLoader<Rows>()
  return { clock, failures, catalogue, database, known: () => tablesOf(catalogue.current) }
}

async function knownScene(...tables: string[]) {
  const all = scene()
  const asking = all.catalogue.ask(all.database.load)
  all.database.land(rowsOf(...tables))
  await asking
  return all
}

describe('what is known', () => {
  test('is nothing before it was asked for, and then what the database answered', async () => {
    const { catalogue, database, known } = scene()
    expect(known()).toBeUndefined()
    const asked: string[] = []
    const asking = catalogue.ask((sql) => (asked.push(sql), database.load()))
    expect(known()).toBeUndefined()
    database.land(rowsOf('post', 'author'))
    await asking
    expect(known()).toEqual(['post', 'author'])
    expect(asked).toEqual([catalogueQueries.postgresql])
  })

  test('is asked for once, however many want it at a time and after one another', async () => {
    const { catalogue, database } = scene()
    const asking = [catalogue.ask(database.load), catalogue.ask(database.load)]
    expect(await stateOf(Promise.race(asking))).toBe('pending')
    database.landAll(rowsOf('post'))
    await Promise.all(asking)
    await catalogue.ask(database.load)
    expect(database.count).toBe(1)
  })

  test('stays one object until something is forgotten', async () => {
    const { catalogue, database, clock } = await knownScene('post')
    const first = catalogue.current
    await catalogue.ask(database.load)
    expect(catalogue.current).toBe(first)
    catalogue.forget()
    expect(catalogue.current).toBeUndefined()
    clock.advance(10_000)
    const asking = catalogue.ask(database.load)
    database.land(rowsOf('post'), 1)
    await asking
    expect(catalogue.current).not.toBe(first)
  })
})

describe('an answer to a question from before something was forgotten', () => {
  test('is not taken', async () => {
    const { catalogue, database, known } = scene()
    const asking = catalogue.ask(database.load)
    catalogue.forget()
    database.land(rowsOf('post'))
    await asking
    expect(known()).toBeUndefined()
  })

  test('is not taken either when the next question is under way beside it', async () => {
    const { catalogue, database, clock, known } = scene()
    const first = catalogue.ask(database.load)
    clock.advance(2000)
    await first
    catalogue.forget()
    clock.advance(60_000)
    const second = catalogue.ask(database.load)
    database.land(rowsOf('old'), 0)
    expect(await stateOf(catalogue.settled())).toBe('pending')
    expect(known()).toBeUndefined()
    database.land(rowsOf('new'), 1)
    await second
    expect(known()).toEqual(['new'])
  })

  test('is waited for before the next question, and only the last who wanted to know asks it', async () => {
    const { catalogue, database, known } = scene()
    const unused = new HeldLoader<Rows>()
    void catalogue.ask(database.load)
    catalogue.forget()
    expect(await stateOf(catalogue.ask(unused.load))).toBe('fulfilled')
    catalogue.forget()
    void catalogue.ask(database.load)
    expect(database.count).toBe(1)
    database.land(rowsOf('old'))
    await settled()
    expect([database.count, unused.count]).toEqual([2, 0])
    database.land(rowsOf('new'), 1)
    await catalogue.settled()
    expect(known()).toEqual(['new'])
  })
})

describe('a database that does not answer', () => {
  test('is waited for until the deadline, and its answer is taken when it comes', async () => {
    const { catalogue, database, clock, known } = scene()
    const asking = catalogue.ask(database.load)
    clock.advance(1999)
    expect(await stateOf(asking)).toBe('pending')
    clock.advance(1)
    expect(await stateOf(asking)).toBe('fulfilled')
    expect(known()).toBeUndefined()
    database.land(rowsOf('post'))
    await catalogue.settled()
    expect(known()).toEqual(['post'])
    expect(catalogue.failure).toBeUndefined()
  })

  test('is asked again by the next who comes a while later', async () => {
    const { catalogue, database, clock, known } = scene()
    void catalogue.ask(database.load)
    clock.advance(2000)
    expect(await stateOf(catalogue.ask(database.load))).toBe('fulfilled')
    expect(database.count).toBe(1)
    clock.advance(1000)
    expect(database.count).toBe(2)
    database.land(rowsOf('post'), 1)
    await settled()
    expect(known()).toEqual(['post'])
  })

  test('is not asked again if it has answered by then', async () => {
    const { catalogue, database, clock } = scene()
    void catalogue.ask(database.load)
    clock.advance(2000)
    await catalogue.ask(database.load)
    database.land(rowsOf('post'))
    await catalogue.settled()
    clock.advance(60_000)
    expect(database.count).toBe(1)
  })

  test('leaves no timer behind when it has answered', async () => {
    const { clock } = await knownScene('post')
    expect(clock.nextInMs).toBeUndefined()
  })
})

describe('a database that refuses', () => {
  const refuse = () => Promise.reject(new Error('permission denied for pg_class'))

  test('fails nobody, and it is told why', async () => {
    const { catalogue, failures, known } = scene()
    await catalogue.ask(refuse)
    expect(known()).toBeUndefined()
    expect(failures).toEqual([new Error('permission denied for pg_class')])
    expect(catalogue.failure).toBe(failures[0])
  })

  test('is told once, until it refuses for another reason or has answered between', async () => {
    const { catalogue, failures, clock } = scene()
    const answers = ['denied', 'denied', 'denied', 'too many', rowsOf('post'), 'too many', 'too many']
    const told: number[] = []
    const run = async () => {
      const answer = answers[told.length]!
      if (typeof answer === 'string') throw new Error(answer)
      return answer
    }
    for (const _ of answers) {
      await catalogue.ask(run)
      told.push(failures.length)
      catalogue.forget()
      clock.advance(600_000)
    }
    expect(told).toEqual([1, 1, 1, 2, 2, 3, 3])
  })

  test('is asked again without anybody coming, more and more seldom', async () => {
    const { catalogue, clock } = scene()
    const pauses: (number | undefined)[] = []
    await catalogue.ask(() => (pauses.push(clock.nextInMs), refuse()))
    for (let round = 0; round < 10; round++) {
      pauses[pauses.length - 1] = clock.nextInMs
      clock.advance(clock.nextInMs ?? 0)
      await settled()
    }
    const seconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    expect(pauses.slice(0, -1)).toEqual(seconds.map((second) => second * 1000))
  })

  test('and then answers is known, and is asked again soon after the next refusal', async () => {
    const { catalogue, database, clock, known } = scene()
    await catalogue.ask(refuse)
    await catalogue.ask(database.load)
    database.landAll(rowsOf('post'))
    clock.advance(1000)
    await settled()
    expect(known()).toEqual(['post'])
    catalogue.forget()
    await catalogue.ask(refuse)
    expect(clock.nextInMs).toBe(1000)
  })

  test('is left alone once it is forgotten', async () => {
    const { catalogue, clock } = scene()
    let asked = 0
    await catalogue.ask(() => (asked++, refuse()))
    catalogue.forget()
    clock.advance(600_000)
    await settled()
    expect(asked).toBe(1)
  })

  test('by throwing, or by answering something else than rows, fails nobody either', async () => {
    for (const run of [
      () => {
        throw new Error('closed')
      },
      () => Promise.resolve(undefined as unknown as Rows),
    ]) {
      const { catalogue, failures } = scene()
      await catalogue.ask(run)
      expect(failures).toHaveLength(1)
    }
  })

  test('is no news when something was forgotten since', async () => {
    const { catalogue, failures } = scene()
    const answer = held<Rows>()
    const asking = catalogue.ask(() => answer.promise)
    catalogue.forget()
    answer.reject(new Error('the connection was closed'))
    await asking
    expect(failures).toEqual([])
  })

  test('does not take away what another question has found out', async () => {
    const { catalogue, clock, database, failures, known } = scene()
    void catalogue.ask(database.load)
    clock.advance(2000)
    clock.advance(1000)
    const second = catalogue.ask(database.load)
    database.land(rowsOf('post'), 1)
    await second
    expect(failures).toHaveLength(1)
    database.calls[0]!.reject(new Error('the connection was closed'))
    await settled()
    expect([known(), failures.length]).toEqual([['post'], 1])
  })
})

describe('questions one after another', () => {
  test('do not wait where somebody has just come', async () => {
    const { catalogue, database, clock } = scene()
    const asking = catalogue.ask(database.load)
    clock.advance(30)
    database.land(rowsOf('post'))
    await asking
    catalogue.forget()
    expect(await stateOf(catalogue.ask(database.load))).toBe('pending')
    expect(database.count).toBe(2)
  })

  test('do not wait there either for a time that was set before', async () => {
    const { catalogue, database, clock, known } = scene()
    const asking = catalogue.ask(database.load)
    clock.advance(30)
    database.land(rowsOf('post'))
    await asking
    await catalogue.changing().ended(database.load)
    expect(clock.nextInMs).toBe(300)
    catalogue.forget()
    const anew = catalogue.ask(database.load)
    database.land(rowsOf('post', 'tag'), 1)
    await anew
    expect(known()).toEqual(['post', 'tag'])
    expect(clock.nextInMs).toBeUndefined()
  })

  test('leave the database alone for ten times as long as the last one took', async () => {
    const { catalogue, database, clock, known } = scene()
    const asking = catalogue.ask(database.load)
    clock.advance(30)
    database.land(rowsOf('post'))
    await asking
    expect(await stateOf(catalogue.changing().ended(database.load))).toBe('fulfilled')
    clock.advance(299)
    expect(database.count).toBe(1)
    clock.advance(1)
    expect(database.count).toBe(2)
    database.land(rowsOf('post', 'tag'), 1)
    await catalogue.settled()
    expect(known()).toEqual(['post', 'tag'])
  })
})

describe('while definitions are changing', () => {
  test('nothing is known, and nothing is asked', async () => {
    const { catalogue, database, known } = await knownScene('post')
    const change = catalogue.changing()
    expect(known()).toBeUndefined()
    expect(await stateOf(catalogue.ask(database.load))).toBe('fulfilled')
    expect(database.count).toBe(1)
    const ended = change.ended(database.load)
    database.land(rowsOf('post', 'tag'), 1)
    await ended
    expect(known()).toEqual(['post', 'tag'])
  })

  test('an answer that is under way is not taken, neither during the change nor after it', async () => {
    const { catalogue, database, known } = scene()
    void catalogue.ask(database.load)
    const change = catalogue.changing()
    database.land(rowsOf('old'))
    await settled()
    expect(known()).toBeUndefined()
    void change.ended(undefined)
    expect(known()).toBeUndefined()
  })

  test('nothing is asked until the last of them has ended, however often one is said to have', async () => {
    const { catalogue, database } = scene()
    const [one, other] = [catalogue.changing(), catalogue.changing()]
    await one.ended(database.load)
    await one.ended(database.load)
    expect(database.count).toBe(0)
    void other.ended(undefined)
    // Who wanted to know before is remembered.
    expect(database.count).toBe(1)
  })

  test('of which nobody hears the end, something is asked again when somebody connects anew', async () => {
    const { catalogue, database, known } = await knownScene('post')
    const lost = catalogue.changing()
    catalogue.forget()
    const asking = catalogue.ask(database.load)
    database.land(rowsOf('post'), 1)
    await asking
    expect(known()).toEqual(['post'])
    await lost.ended(undefined)
    expect(known()).toBeUndefined()
  })

  test('of which nobody knows whether it has ended, nothing is asked by itself', async () => {
    const { catalogue, database, known } = await knownScene('post')
    await catalogue.changing().ended(undefined)
    expect([known(), database.count]).toEqual([undefined, 1])
    void catalogue.ask(database.load)
    expect(database.count).toBe(2)
  })
})

test('nothing is settled while a question is put off or under way', async () => {
  const { catalogue, database, clock } = scene()
  expect(await stateOf(catalogue.settled())).toBe('fulfilled')
  const asking = catalogue.ask(database.load)
  clock.advance(5)
  expect(await stateOf(catalogue.settled())).toBe('pending')
  database.land(rowsOf())
  await asking
  await catalogue.changing().ended(database.load)
  const all = catalogue.settled()
  expect(await stateOf(all)).toBe('pending')
  clock.advance(50)
  database.land(rowsOf(), 1)
  await all
})
