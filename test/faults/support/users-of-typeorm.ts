import type { Cache } from '@freshet/core'
import { type EntityPrecision, freshet } from '@freshet/typeorm'
import type { PoolConfig } from 'pg'
import { DataSource, EntitySchema, type EntitySchemaColumnOptions } from 'typeorm'
import type { Version } from './messages.js'
import { nameLookedFor } from './names.js'
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
  4: new EntitySchema<User>({ name: 'Member', tableName: 'members', columns }),
  5: new EntitySchema<User>({ name: 'Member', tableName: 'members', columns }),
  6: new EntitySchema<User>({ name: 'Member', tableName: 'members', columns }),
}

const toldApart: Readonly<Partial<Record<Version, EntityPrecision>>> = {
  5: { watch: ['name'] },
  6: { volatile: ['name'] },
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
    cache: freshet({ cache, dependsOn, entities: { [shown.options.name]: toldApart[version] ?? {} } }),
  })
  await dataSource.initialize()
  return {
    async nameOf(id) {
      if (version === 5) {
        const found = await dataSource
          .getRepository(shown)
          .getWithCache({ where: { name: nameLookedFor(id) } })
        return found.map((user) => user.id).join()
      }
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
