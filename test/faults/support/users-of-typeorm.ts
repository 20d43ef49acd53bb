import type { Cache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { PoolConfig } from 'pg'
import { DataSource, EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'
import type { Version } from './messages.js'
import type { Users } from './users.js'

interface User {
  id: number
  email?: string
  name: string
}

type Columns = Readonly<Record<'id' | 'name', EntitySchemaColumnOptions>>

const columns: Columns = { id: { type: 'int', primary: true }, name: { type: 'text', nullable: true } }

const entities: Readonly<Record<Version, EntitySchema<User>>> = {
  1: new EntitySchema<User>({ name: 'User', tableName: 'users', columns }),
  2: new EntitySchema<User>({
    name: 'User',
    tableName: 'users',
    columns: { ...columns, email: { type: 'text' } },
  }),
  3: new EntitySchema<User>({ name: 'Person', tableName: 'people', columns }),
}

export async function usersOfTypeorm(
  cache: Cache,
  { connectionString: url, ...extra }: PoolConfig,
  version: Version,
): Promise<Users> {
  const shown = entities[version]
  const written = version === 3 ? entities[1] : shown
  const dependsOn = version === 3 ? { people: ['users'] } : {}
  const dataSource = new DataSource({
    type: 'postgres',
    url: url!,
    entities: [...new Set([shown, written])],
    extra,
    poolErrorHandler: () => undefined,
    cache: freshet({ cache, dependsOn }),
  })
  await dataSource.initialize()
  return {
    async nameOf(id) {
      const user = await dataSource.getRepository(shown).getOneWithCache({ where: { id } })
      return version === 2 ? `${user?.name} <${user?.email}>` : user?.name
    },
    async rename(id, name) {
      await dataSource.getRepository(written).update({ id }, { name })
    },
    async renameInTransaction(id, name, beforeCommit) {
      await dataSource.transaction(async (manager) => {
        await manager.update(written, { id }, { name })
        await beforeCommit()
      })
    },
  }
}
