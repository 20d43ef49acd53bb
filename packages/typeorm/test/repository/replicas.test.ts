import type { QueryRunner } from 'typeorm'
import { DataSource } from 'typeorm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedPostgres } from '../../../../test/services/shared.js'
import { Note } from '../support/entities.js'
import { seededDataSource } from './data-source.js'
import type { Seeded } from './data-source.js'

let seeded: Seeded
const modes: string[] = []

beforeAll(async () => {
  const url = await (await sharedPostgres()).createDatabase()
  // A "replica" that is the master itself shows who was asked.
  seeded = await seededDataSource({ type: 'postgres', replication: { master: { url }, slaves: [{ url }] } })
  const create = seeded.dataSource.createQueryRunner.bind(seeded.dataSource)
  seeded.dataSource.createQueryRunner = (mode): QueryRunner => {
    modes.push(mode ?? 'master')
    return create(mode)
  }
})
afterAll(async () => {
  await seeded.dataSource.destroy()
})

test('what is kept was read from the master: a replica may not have seen the last write yet', async () => {
  expect(seeded.dataSource).toBeInstanceOf(DataSource)
  const notes = seeded.dataSource.getRepository(Note)
  await notes.find()
  expect(modes.splice(0)).toEqual(['slave'])
  await notes.getWithCache({}, { ttl: '1m' })
  expect(modes.shift()).toBe('master')
  modes.length = 0
  await notes.getCountWithCache()
  expect(modes.splice(0)).toEqual(['master'])
})

test('a replica that the caller names answers, and nothing is kept', async () => {
  const runner = seeded.dataSource.createQueryRunner('slave')
  await runner.manager.getRepository(Note).getWithCache({ where: { id: 1 } })
  await runner.release()
  expect(seeded.bypasses).toMatchObject([{ reason: 'queryRunner' }])
})
