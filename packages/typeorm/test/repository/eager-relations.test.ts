import type { FindManyOptions } from 'typeorm'
import { Column, Entity, JoinTable, ManyToMany, ManyToOne, PrimaryColumn, RelationId } from 'typeorm'
import { expect, test } from 'vitest'
import { decorate } from '../support/decorate.js'
import { seededDataSource } from './data-source.js'

class Owner {
  declare id: number
  declare name: string
}
decorate(Owner, Entity('owners'), { id: PrimaryColumn({ type: 'int' }), name: Column({ type: 'varchar' }) })

class Box {
  declare id: number
}
decorate(Box, Entity('boxes'), { id: PrimaryColumn({ type: 'int' }) })

class Shelf {
  declare id: number
  declare owner: Owner
  declare boxes: Box[]
  declare boxIds: number[]
}
decorate(Shelf, Entity('shelves'), {
  id: PrimaryColumn({ type: 'int' }),
  owner: ManyToOne(() => Owner, { eager: true }),
  boxes: [ManyToMany(() => Box), JoinTable()],
  boxIds: RelationId((shelf: Shelf) => shelf.boxes),
})

class Item {
  declare id: number
  declare shelf: Shelf
}
decorate(Item, Entity('items'), { id: PrimaryColumn({ type: 'int' }), shelf: ManyToOne(() => Shelf) })

test('what a relation of its own query brings along counts, also where its table is read for another reason', async () => {
  const { dataSource, cache, sent, forget } = await seededDataSource(undefined, {
    entities: [Owner, Box, Shelf, Item],
  })
  const owner = await dataSource.getRepository(Owner).save({ id: 1, name: 'Ann' })
  const shelf = await dataSource.getRepository(Shelf).save({ id: 1, owner })
  await dataSource.getRepository(Item).save({ id: 1, shelf })
  const options: FindManyOptions<Item> = {
    where: { shelf: { id: 1 } },
    relations: { shelf: true },
    relationLoadStrategy: 'query',
  }
  const read = () => dataSource.getRepository(Item).getWithCache(options)
  expect((await read())[0]!.shelf.owner.name).toBe('Ann')
  forget()
  await read()
  expect(sent).toEqual([])
  await cache.invalidate(['owners'])
  await read()
  expect(sent.length).toBeGreaterThan(0)
  await dataSource.destroy()
})
