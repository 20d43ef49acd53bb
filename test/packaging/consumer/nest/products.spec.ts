import 'reflect-metadata'
import { type Cache, createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import { Inject, Injectable, Module, type OnModuleDestroy } from '@nestjs/common'
import { Test } from '@nestjs/testing'

const CACHE = Symbol('cache')

@Injectable()
class Products implements OnModuleDestroy {
  loads = 0

  constructor(@Inject(CACHE) private readonly cache: Cache) {}

  async find(id: number): Promise<{ id: number; load: number }> {
    return await this.cache.getOrSet(['product', id], () => ({ id, load: ++this.loads }), {
      tags: [`Product#${id}`],
    })
  }

  async change(id: number): Promise<void> {
    await this.cache.invalidate([`Product#${id}`])
  }

  async onModuleDestroy(): Promise<void> {
    await this.cache.close()
  }
}

@Module({ providers: [{ provide: CACHE, useFactory: () => createCache() }, Products] })
class ShopModule {}

test('a NestJS service reads through the cache', async () => {
  const app = await Test.createTestingModule({ imports: [ShopModule] }).compile()
  const products = app.get(Products)

  expect(await products.find(7)).toEqual({ id: 7, load: 1 })
  expect(await products.find(7)).toEqual({ id: 7, load: 1 })
  await products.change(7)
  expect(await products.find(7)).toEqual({ id: 7, load: 2 })
  expect(freshet({ cache: app.get<Cache>(CACHE) })).toBeDefined()
  await app.close()
})
