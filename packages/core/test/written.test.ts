import { beforeEach, describe, expect, test } from 'vitest'
import { held } from '@freshet/testing'
import type { Execution, StatementAnswer, TappedStatement } from '../src/execution.js'
import type { WriteObserver } from '../src/observers.js'
import { Observers } from '../src/observers.js'
import type { TappedPlace } from '../src/tapped-writes.js'
import { autocommit } from '../src/tapped-writes.js'
import type { TransactionPlace } from '../src/transaction-writes.js'
import { TransactionWrites } from '../src/transaction-writes.js'
import { Write } from '../src/write.js'
import type { Written } from '../src/written.js'

interface Statement extends TappedStatement {
  readonly kind: 'write'
}

const statement = (sql: string): Statement => ({
  sql,
  kind: 'write',
  isSingle: true,
  unknownReason: undefined,
})
const inserting = statement('insert')
const insert = (): Execution<Statement> => ({ statement: inserting, parameters: [] })

let steps: string[]
let observers: Observers<Statement>
let place: TransactionPlace<Statement>

/** Knows which row was inserted when the answer tells its key. */
class Watcher implements WriteObserver<Statement> {
  readonly isLocal: boolean
  constructor(isLocal = false) {
    this.isLocal = isLocal
  }

  tagsOf({ statement: { sql } }: Execution<Statement>, answer?: StatementAnswer) {
    return [answer === undefined ? `${sql}[*]` : `${sql}[${String(answer.generatedKey)}]`]
  }

  wideTagsOf({ sql }: Statement) {
    return [`${sql} anywhere`]
  }

  open(tags: readonly string[]) {
    steps.push(`mark ${tags.join()}`)
    return recorded()
  }

  unknown(tags: readonly string[]) {
    steps.push(`unknown ${tags.join()}`)
  }

  invalidate(tags: readonly string[]) {
    steps.push(`invalidate ${tags.join()}`)
  }

  invalidateAll() {
    steps.push('invalidate all')
  }

  sessionChanged() {}

  catalogueUnknown() {}
}

function recorded(): Write {
  const write = Object.create(Write.prototype) as Write
  return Object.assign(write, {
    renew: () => undefined,
    committed: (tags: readonly string[]) => void steps.push(`bump ${tags.join()}`),
    rolledBack: () => void steps.push('rolled back'),
    unknown: (tags: readonly string[]) => void steps.push(`hold ${tags.join()}`),
  })
}

beforeEach(() => {
  steps = []
  observers = new Observers()
  place = {
    written: () => observers.written(),
    answerOf: (result) => ({ generatedKey: result }),
    outcomeOf: () => 'unknown',
    carriedOut: () => undefined,
  } satisfies TappedPlace<Statement>
})

describe('a statement of its own', () => {
  test('is marked with what it may write, and changes what its answer tells', async () => {
    observers.add(new Watcher())
    await autocommit(place, insert(), () => Promise.resolve(7))
    expect(steps).toEqual(['mark insert[*]', 'bump insert[7]'])
  })

  test('is asked about once, with its answer, where nothing needs marks', async () => {
    observers.add(new Watcher(true))
    await autocommit(place, insert(), () => Promise.resolve(7))
    expect(steps).toEqual(['invalidate insert[7]'])
  })

  test('counts for whatever it may have written if no answer comes', async () => {
    observers.add(new Watcher())
    await expect(autocommit(place, insert(), () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    expect(steps).toEqual(['mark insert[*]', 'hold insert[*]'])
  })

  test('changes what it was marked with for an observer that has left meanwhile', async () => {
    const watcher = new Watcher()
    observers.add(watcher)
    await autocommit(place, insert(), () => {
      observers.delete(watcher)
      return Promise.resolve(7)
    })
    expect(steps).toEqual(['mark insert[*]', 'bump insert[*]'])
  })
})

/** Knows all of it while the database works, unless the answer says that nothing was done. */
class Preparing extends Watcher {
  constructor() {
    super(true)
  }

  prepare({ statement: { sql } }: Execution<Statement>) {
    steps.push('prepare')
    return [`${sql}[prepared]`]
  }

  toldBy(prepared: unknown, answer: StatementAnswer | undefined) {
    return answer?.generatedKey === 0 ? undefined : (prepared as readonly string[])
  }
}

describe('a statement of its own that was prepared', () => {
  /** The database answers when all that was to be done meanwhile is done. */
  const answered = async <T>(value: T): Promise<T> =>
    await new Promise((resolve) => setImmediate(() => resolve(value)))

  test('changes what was told before its answer', async () => {
    observers.add(new Preparing())
    await autocommit(place, insert(), () => answered(7))
    expect(steps).toEqual(['prepare', 'invalidate insert[prepared]'])
  })

  test('changes what its answer tells where that is another thing', async () => {
    observers.add(new Preparing())
    await autocommit(place, insert(), () => answered(0))
    expect(steps).toEqual(['prepare', 'invalidate insert[0]'])
  })

  test('changes it again with the transaction that may hold it', async () => {
    observers.add(new Preparing())
    const around = observers.written()
    const within = {
      ...place,
      carriedOut: (_: unknown, written: Written<Statement>) => around.addAll(written),
    }
    await autocommit(within, insert(), () => answered(7))
    void around.invalidate('COMMIT')
    expect(steps).toEqual(['prepare', 'invalidate insert[prepared]', 'invalidate insert[prepared]'])
  })

  test('is told to each of several observers, and wholly to one that came meanwhile', async () => {
    observers.add(new Preparing())
    observers.add(new Watcher(true))
    await autocommit(place, insert(), () => answered(7))
    expect(steps).toEqual(['prepare', 'invalidate insert[7]', 'invalidate insert[7]'])
    steps = []
    observers = new Observers()
    observers.add(new Preparing())
    await autocommit(place, insert(), async () => {
      await answered(0)
      observers.add(new Watcher(true))
      return 7
    })
    expect(steps).toEqual(['prepare', 'invalidate insert[7]', 'invalidate insert[7]'])
  })
})

/** Says when it is asked what was written, which the last value tells. */
class Asked extends Watcher {
  constructor() {
    super(true)
  }

  override tagsOf({ statement: { sql }, parameters }: Execution<Statement>, answer?: StatementAnswer) {
    const tag = `${sql}[${answer === undefined ? '*' : String(parameters?.at(-1) ?? answer.generatedKey)}]`
    steps.push(`asked ${tag}`)
    return [tag]
  }
}

describe('a transaction of which nobody need know before it is committed', () => {
  const steady = { rollBack: () => Promise.resolve(), refused: () => Promise.resolve() }
  let transaction: TransactionWrites<Statement>
  const commit = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    steps.push('committed')
  }

  beforeEach(() => {
    observers.add(new Asked())
    transaction = new TransactionWrites(place)
    transaction.begun = true
  })

  test('is asked what it wrote while the database works at its COMMIT, in the order of its statements', async () => {
    for (const key of [7, 8]) await transaction.write(insert(), () => Promise.resolve(key))
    expect(steps).toEqual([])
    await transaction.commit(commit, steady)
    expect(steps).toEqual([
      'asked insert[7]',
      'asked insert[8]',
      'committed',
      'invalidate insert[7],insert[8]',
    ])
  })

  test('is asked by values that nobody has changed meanwhile, or at once', async () => {
    const parameters = [7]
    await transaction.write({ statement: inserting, parameters }, () => Promise.resolve(1))
    parameters[0] = 8
    const at = new Date(0)
    await transaction.write({ statement: inserting, parameters: [at] }, () => Promise.resolve(1))
    at.setTime(1)
    expect(steps).toEqual(['asked insert[' + String(new Date(0)) + ']', 'asked insert[7]'])
  })

  test('is not told by what it reads of what was written while that was read', async () => {
    const read: string[] = []
    const observer = Object.assign(new Asked(), {
      rowsRead: (_: unknown, rows: readonly unknown[]) => void read.push(String(rows[0])),
    })
    observers = new Observers()
    observers.add(observer)
    place = { ...place, answerOf: (result) => ({ generatedKey: result, returned: [[result]] }) }
    transaction = new TransactionWrites(place)
    transaction.begun = true
    transaction.written.keepsAll = true
    const rows = held<string>()
    await transaction.write(insert(), () => Promise.resolve(7))
    await transaction.read(insert(), () => Promise.resolve('after one'))
    const reading = transaction.read(insert(), () => rows.promise)
    await transaction.write(insert(), () => Promise.resolve(8))
    rows.resolve('perhaps before the other')
    await reading
    expect(read).toEqual(['after one'])
  })

  test('is asked before what came after it', async () => {
    await transaction.write(insert(), () => Promise.resolve(7))
    await expect(transaction.write(insert(), () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    await transaction.commit(commit, steady)
    expect(steps.at(-1)).toBe('invalidate insert[7],insert[*]')
  })

  test('is held for what it wrote when nobody knows how its COMMIT ended', async () => {
    await transaction.write(insert(), () => Promise.resolve(7))
    const refused = async (writes: { unknown(cause: unknown): unknown }) =>
      void (await writes.unknown('lost'))
    const lost = () => Promise.reject(new Error('lost'))
    await expect(transaction.commit(lost, { ...steady, refused })).rejects.toThrow('lost')
    expect(steps).toEqual(['asked insert[7]', 'mark insert[7]', 'hold insert[7]'])
  })

  test('tells nothing when it is rolled back, and is not asked', async () => {
    await transaction.write(insert(), () => Promise.resolve(7))
    await transaction.rollBack(() => Promise.resolve(), { mayBeOutrun: () => false, refused: steady.refused })
    expect(steps).toEqual([])
  })
})

describe('a transaction', () => {
  const steady = { rollBack: () => Promise.resolve(), refused: () => Promise.resolve() }
  let transaction: TransactionWrites<Statement>

  beforeEach(() => {
    observers.add(new Watcher())
    transaction = new TransactionWrites(place)
    transaction.begun = true
  })

  test('marks what its statements have told by then, and no more', async () => {
    await transaction.write(insert(), () => Promise.resolve(7))
    await transaction.write(insert(), () => Promise.resolve(8))
    await transaction.commit(() => Promise.resolve(), steady)
    expect(steps).toEqual(['mark insert[7],insert[8]', 'bump insert[7],insert[8]'])
  })

  test('counts a statement that has not been answered at its COMMIT for whatever it may write', async () => {
    const answer = held<number>()
    const writing = transaction.write(insert(), () => answer.promise)
    await transaction.commit(() => Promise.resolve(), steady)
    expect(steps).toEqual(['mark insert[*]', 'bump insert[*]'])
    answer.resolve(7)
    await writing
  })

  test('counts a statement that failed for whatever it may have written', async () => {
    await expect(transaction.write(insert(), () => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    await transaction.commit(() => Promise.resolve(), steady)
    expect(steps).toContain('bump insert[*]')
  })

  test('gives single rows up for their tables past a thousand tags', async () => {
    const write = async (key: number) => transaction.write(insert(), () => Promise.resolve(key))
    for (let key = 0; key < 1000; key++) await write(key)
    const marks = async () => {
      steps = []
      await transaction.written.open()
      return steps
    }
    expect((await marks())[0]!.split(',')).toHaveLength(1000)
    await write(1000)
    await write(1001)
    await transaction.write({ statement: statement('update'), parameters: [] }, () => Promise.resolve(1))
    expect(await marks()).toEqual(['mark insert anywhere,update anywhere'])
  })
})
