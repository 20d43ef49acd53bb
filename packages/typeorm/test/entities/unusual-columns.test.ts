import type { Cache, CacheEvents } from '@freshet/core'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import { Column, DataSource, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sharedPostgres } from '../../../../test/services/shared.js'
import { recording, sentBy } from '../rows/data-source.js'
import { catalogueSettled } from '../support/catalogue-settled.js'
import { decorate } from '../support/decorate.js'
import { portrait } from '../support/portrait.js'

/** What `pg` makes of an interval. */
interface Interval {
  readonly hours?: number
  toISOString(): string
}

class Stay {
  id!: number
  lasted!: Interval | null
}

/** What was set cannot be told from what is read. */
class Account {
  id!: number
  settings!: { theme: string } | null
  #name = ''
  #given: string[] = []
  #limit: number | undefined

  get name(): string {
    return this.#name
  }

  set name(name: string) {
    this.#given.push(name)
    this.#name = name.toUpperCase()
  }

  get limit(): number | undefined {
    return this.#limit
  }

  set limit(limit: number | undefined) {
    this.#limit = limit === undefined ? undefined : limit * 2
  }

  get options(): { theme: string } | null {
    return this.settings
  }

  /** Keeps, and changes, what it is given. */
  set options(options: { theme: string } | null) {
    if (options !== null) options.theme += '!'
    this.settings = options
  }

  given(): readonly string[] {
    return this.#given
  }
}

/** A key is compared while a result is put together. */
class Keyed {
  #id = ''

  get id(): string {
    return this.#id
  }

  set id(id: string) {
    this.#id = id
  }
}

decorate(Stay, Entity({ name: 'stays' }), {
  id: PrimaryGeneratedColumn(),
  lasted: Column({ type: 'interval', nullable: true }),
})
decorate(Account, Entity({ name: 'accounts' }), {
  id: PrimaryGeneratedColumn(),
  name: Column({ type: 'varchar' }),
  limit: Column({
    type: 'int',
    select: false,
    nullable: true,
    transformer: { from: (limit: number | null) => (limit ?? 0) + 1, to: (limit: number) => limit },
  }),
  options: Column({ type: 'jsonb', nullable: true }),
})
decorate(Keyed, Entity({ name: 'keyed' }), { id: PrimaryColumn({ type: 'varchar' }) })

let dataSource: DataSource
let cache: Cache
const statements: string[] = []
const failures: CacheEvents['failure'][] = []

beforeAll(async () => {
  cache = createCache()
  cache.on('failure', (event) => void failures.push(event))
  dataSource = await new DataSource({
    type: 'postgres',
    url: await (await sharedPostgres()).createDatabase(),
    entities: [Stay, Account, Keyed],
    synchronize: true,
    logger: recording(statements),
    logging: ['query'],
    cache: freshet({ cache }),
  }).initialize()
  await catalogueSettled(dataSource)
  await dataSource.query(`INSERT INTO stays (lasted) VALUES ('1 day 02:03:04.5'), (NULL), ('0')`)
  await dataSource.query(
    `INSERT INTO accounts (name, "limit", options) VALUES ('ada', 5, '{"theme": "dark"}'), ('grace', NULL, NULL)`,
  )
  await dataSource.query(`INSERT INTO keyed (id) VALUES ('a')`)
})
beforeEach(async () => {
  await cache.clear()
  failures.length = 0
})
afterAll(async () => {
  await dataSource.destroy()
  await cache.close()
})

/** The uncached answer is that of each miss and each hit, and the last of these sent nothing. */
async function expectCached(uncached: () => Promise<unknown>, cached: () => Promise<unknown>) {
  const expected = portrait(await uncached())
  for (let round = 0; round < 3; round++) expect(portrait(await cached())).toEqual(expected)
  expect(await sentBy(statements, cached)).toEqual([])
  expect(failures).toEqual([])
}

describe('an interval', () => {
  const stays = () => dataSource.getRepository(Stay)
  const order = { id: 'ASC' } as const

  test('is of its class in cached entities', async () => {
    await expectCached(
      () => stays().find({ order }),
      () => stays().getWithCache({ order }),
    )
    const [stay] = await stays().getWithCache({ order })
    expect(stay!.lasted!.toISOString()).toBe('P0Y0M1DT2H3M4.5S')
  })

  test('is of its class in cached rows', async () => {
    const raw = () => stays().createQueryBuilder('s').orderBy('s.id')
    await expectCached(
      () => stays().find({ order }),
      () => stays().find({ order, cache: true }),
    )
    await expectCached(
      () => raw().getRawMany(),
      () => raw().cache(true).getRawMany(),
    )
  })

  test('is the caller’s own to change', async () => {
    const reads = [() => stays().getWithCache({ order }), () => stays().find({ order, cache: true })] as const
    for (const read of reads) {
      for (let round = 0; round < 4; round++) {
        const [stay] = await read()
        expect(stay!.lasted!.hours).toBe(2)
        Object.assign(stay!.lasted!, { hours: 99 })
      }
    }
  })

  test('in a saved entity is written as without the cache', async () => {
    const read = () => stays().getOneWithCache({ where: { id: 1 } })
    await read()
    const uncached = await stays().findOneByOrFail({ id: 1 })
    const expected = await sentBy(statements, () => stays().save(uncached))
    const cached = (await read())!
    expect(await sentBy(statements, () => stays().save(cached))).toEqual(expected)
    const text = () => dataSource.query('SELECT lasted::text FROM stays WHERE id = 1')
    expect(await text()).toEqual([{ lasted: '1 day 02:03:04.5' }])
  })
})

describe('an accessor', () => {
  const accounts = () => dataSource.getRepository(Account)
  const order = { id: 'ASC' } as const

  test('is set as without the cache', async () => {
    await expectCached(
      () => accounts().find({ order }),
      () => accounts().getWithCache({ order }),
    )
    for (let round = 0; round < 3; round++) {
      const [ada] = await accounts().getWithCache({ order })
      expect(ada!.given()).toEqual(['ada'])
      expect([ada!.name, ada!.options]).toEqual(['ADA', { theme: 'dark!' }])
    }
  })

  test('with a transformer is given what that makes, and nothing where its column is not selected', async () => {
    const select = { id: true, limit: true } as const
    for (let round = 0; round < 3; round++) {
      const [ada, grace] = await accounts().getWithCache({ order, select })
      expect([ada!.limit, grace!.limit]).toEqual([12, 2])
      expect(ada!.given()).toEqual([])
      expect((await accounts().getWithCache({ order }))[0]!.limit).toBeUndefined()
    }
  })

  test('of an entity that is not cached is set as ever', async () => {
    await accounts().getWithCache({ order })
    expect((await accounts().find({ order }))[0]!.given()).toEqual(['ada'])
  })

  test('of a key is not kept, which is said, and answers as ever', async () => {
    const read = () => dataSource.getRepository(Keyed).getWithCache()
    for (let round = 0; round < 2; round++) expect((await read())[0]!.id).toBe('a')
    expect(String(failures[0]!.cause)).toContain('Keyed.id is an accessor of its class')
  })
})
