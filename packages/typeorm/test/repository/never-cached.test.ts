import {
  AfterLoad,
  Column,
  Entity,
  ManyToOne,
  PrimaryColumn,
  type EntityManager,
  type QueryRunner,
} from 'typeorm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sharedPostgres } from '../../../../test/services/shared.js'
import { decorate } from '../support/decorate.js'
import { Note, Post, User } from '../support/entities.js'
import type { Seeded } from './data-source.js'
import { seededDataSource } from './data-source.js'

class Point {
  x = 1
}

/** Its driver's values are of a class that nobody here knows: stood in for by a transformer of a key. */
class Marked {
  id!: Point
}

/** Its key is an accessor: keys are compared while a result is put together, so this one cannot be watched. */
class Shouting {
  author!: User | null
  loads?: number
  authorWhenLoaded?: string
  #text = ''

  get text(): string {
    return this.#text
  }

  set text(text: string) {
    this.#text = text.toUpperCase()
  }

  countLoad(): void {
    this.loads = (this.loads ?? 0) + 1
    this.authorWhenLoaded = typeof this.author
  }
}

decorate(Shouting, Entity({ name: 'shouting' }), {
  text: PrimaryColumn({ type: 'varchar' }),
  author: ManyToOne(() => User),
  countLoad: AfterLoad(),
})
decorate(Marked, Entity({ name: 'marked' }), {
  id: Column({
    type: 'int',
    primary: true,
    transformer: {
      from: () => new Point(),
      to: (point: unknown) => (point instanceof Point ? point.x : point),
    },
  }),
})

let seeded: Seeded
beforeAll(async () => {
  const url = await (await sharedPostgres()).createDatabase()
  seeded = await seededDataSource({ type: 'postgres', url }, { entities: [Shouting, Marked] })
  await seeded.dataSource.query(`INSERT INTO shouting (text, "authorId") VALUES ('HELLO', 1)`)
  await seeded.dataSource.query('INSERT INTO marked (id) VALUES (1)')
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})
beforeEach(async () => {
  await seeded.cache.clear()
  seeded.forget()
})

const text = (manager: EntityManager) =>
  manager
    .getRepository(Note)
    .getOneWithCache({ where: { id: 1 } })
    .then((note) => note!.text)

test('a transaction reads the database, and what it reads nobody else is given', async () => {
  const { manager } = seeded.dataSource
  expect(await text(manager)).toBe('Note 0')
  await expect(
    manager.transaction(async (inside) => {
      await inside.update(Note, 1, { text: 'uncommitted' })
      expect(await text(inside)).toBe('uncommitted')
      expect(await inside.createQueryBuilder(Note, 'n').where('n.id = 1').getWithCache()).toMatchObject([
        { text: 'uncommitted' },
      ])
      expect(await inside.getRepository(Note).getCountWithCache({ where: { text: 'uncommitted' } })).toBe(1)
      throw new Error('roll back')
    }),
  ).rejects.toThrow('roll back')
  expect(seeded.bypasses.map(({ reason }) => reason)).toEqual(['transaction', 'transaction', 'transaction'])
  expect(await text(manager)).toBe('Note 0')
  expect(await manager.getRepository(Note).getCountWithCache({ where: { text: 'uncommitted' } })).toBe(0)
})

test('a query runner of the caller reads through its own session', async () => {
  const runner: QueryRunner = seeded.dataSource.createQueryRunner()
  try {
    await text(seeded.dataSource.manager)
    await runner.query('BEGIN')
    await runner.query(`UPDATE notes SET text = 'by hand' WHERE id = 1`)
    expect(await text(runner.manager)).toBe('by hand')
    await runner.query('ROLLBACK')
    expect(await text(seeded.dataSource.manager)).toBe('Note 0')
    expect(seeded.bypasses.map(({ reason }) => reason)).toEqual(['queryRunner'])
  } finally {
    await runner.release()
  }
})

test('locked reads lock', async () => {
  const lock = { mode: 'pessimistic_write' } as const
  await seeded.dataSource.transaction(async (manager) => {
    await manager.getRepository(Note).getWithCache({ lock })
    await manager.createQueryBuilder(Note, 'n').setLock('pessimistic_read').getWithCache()
  })
  expect(seeded.bypasses.map(({ reason }) => reason)).toEqual(['lock', 'lock'])
  expect(seeded.sent.filter((statement) => /FOR (UPDATE|SHARE)/.test(statement))).toHaveLength(2)
  // Without a transaction TypeORM refuses them, as it always does.
  await expect(seeded.dataSource.getRepository(Note).getWithCache({ lock })).rejects.toThrow(
    'transaction is required',
  )
})

test('optimistic locks compare with the database', async () => {
  const lock = { mode: 'optimistic', version: 9 } as const
  const notes = seeded.dataSource.getRepository(Note)
  await expect(notes.getOneWithCache({ where: { id: 1 }, lock })).rejects.toThrow('optimistic lock')
})

test('a read that is to run in a transaction of its own does', async () => {
  const notes = seeded.dataSource.getRepository(Note)
  await notes.getWithCache({ transaction: true })
  await notes.createQueryBuilder('n').useTransaction(true).getWithCache()
  expect(seeded.bypasses.map(({ reason }) => reason)).toEqual(['transaction', 'transaction'])
  expect(seeded.sent.filter((statement) => statement.startsWith('START TRANSACTION'))).toHaveLength(2)
})

test('a query builder that makes no entities of a class answers as ever', async () => {
  const { dataSource } = seeded
  const plain = () => dataSource.getRepository(Note).createQueryBuilder('n').setOption('create-pojo')
  expect((await plain().getWithCache())[0]).not.toBeInstanceOf(Note)
  const table = () => dataSource.createQueryBuilder().select('n.id').from('(SELECT 1 AS id)', 'n')
  const message = (read: () => Promise<unknown>) => read().catch((error: unknown) => String(error))
  expect(await message(() => table().getWithCache())).toEqual(await message(() => table().getMany()))
  expect(seeded.bypasses.map(({ reason }) => reason)).toEqual(['plain objects', 'no entity'])
})

test('where the DataSource knows an obstacle, the database answers', async () => {
  const { manager } = seeded.dataSource
  await text(manager)
  seeded.forget()
  seeded.setObstacle('uncommitted')
  await text(manager)
  seeded.setObstacle(undefined)
  expect(seeded.bypasses).toMatchObject([{ reason: 'uncommitted', source: 'Note.getOneWithCache' }])
  expect(seeded.sent).toHaveLength(1)
})

test('a query that changes the session goes to the database', async () => {
  const read = () =>
    seeded.dataSource
      .getRepository(Note)
      .createQueryBuilder('n')
      .where(`set_config('shop.tenant', '7', false) = '7'`)
      .getWithCache()
  await read()
  seeded.forget()
  await read()
  expect(seeded.sent).toHaveLength(1)
})

test('what cannot be rebuilt is read each time, complete, and said', async () => {
  const shouting = seeded.dataSource.getRepository(Shouting)
  for (let round = 0; round < 2; round++) {
    seeded.forget()
    const [entity] = await shouting.getWithCache()
    expect(entity).toBeInstanceOf(Shouting)
    expect(entity!.text).toBe('HELLO')
    expect(entity!.loads).toBe(1)
    expect(seeded.sent).toHaveLength(1)
    expect(seeded.failures).toMatchObject([{ action: 'copy', cause: { code: 'NOT_ENCODABLE' } }])
    expect(String(seeded.failures[0]!.cause)).toContain('Shouting.text is an accessor of its class')
  }
})

test('the listeners of what cannot be rebuilt see what they see without the cache', async () => {
  const shouting = seeded.dataSource.getRepository(Shouting)
  for (const relationLoadStrategy of ['join', 'query'] as const) {
    const options = { relations: { author: true }, relationLoadStrategy } as const
    expect(await shouting.getWithCache(options)).toEqual(await shouting.find(options))
  }
})

test('a value of an unknown class is not kept', async () => {
  const [marked] = await seeded.dataSource.getRepository(Marked).getWithCache()
  expect(marked!.id).toBeInstanceOf(Point)
  expect(String(seeded.failures[0]!.cause)).toContain('Marked.id holds an instance of Point')
})

test('readers that come while such a result is loaded get their own', async () => {
  const shouting = seeded.dataSource.getRepository(Shouting)
  const [first, second] = await Promise.all([shouting.getWithCache(), shouting.getWithCache()])
  expect([first[0]!.loads, second[0]!.loads]).toEqual([1, 1])
  expect(first[0]).not.toBe(second[0])
})

test('an error of the database is the error of the read, and nothing is kept of it', async () => {
  const read = () =>
    seeded.dataSource.getRepository(Post).createQueryBuilder('p').where('p.nosuch = 1').getWithCache()
  await expect(read()).rejects.toThrow('nosuch')
  await expect(read()).rejects.toThrow('nosuch')
  expect(seeded.sent).toHaveLength(2)
})

test('the reads of save() see the database, not the cache', async () => {
  const users = seeded.dataSource.getRepository(User)
  const user = (await users.getOneWithCache({ where: { id: 1 } }))!
  await seeded.dataSource.query(`UPDATE users SET name = 'elsewhere' WHERE id = 1`)
  user.name = 'ada'
  await users.save(user)
  expect(await seeded.dataSource.query('SELECT name FROM users WHERE id = 1')).toEqual([{ name: 'ada' }])
})
