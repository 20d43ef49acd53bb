import type { CachedEntrance, Entrance, EntranceOptions, Example } from '@freshet-example/storefront'
import { openFiller } from './fill.js'
import type { Prisma } from './generated/prisma/client.js'
import { createShop } from './shop/index.js'
import { createCachedClient, createUncachedClient } from './shop-client.js'

/** The storefront on Prisma. */
export const prismaExample: Example = {
  command: 'npm start',
  dataFolder: new URL('../.data/', import.meta.url),
  openFiller,
  openUncached,
  openCached,
}

async function openUncached(options: EntranceOptions): Promise<Entrance> {
  const prisma = createUncachedClient(options)
  return { shop: createShop(prisma), close: () => prisma.$disconnect() }
}

async function openCached(options: EntranceOptions): Promise<CachedEntrance> {
  const { prisma, cache } = createCachedClient(options)
  if (options.onHit) cache.on('hit', options.onHit)
  const shop = createShop(prisma)
  return {
    shop,
    async trace<T>(question: (shop: CachedEntrance['shop']) => PromiseLike<T>) {
      // Every question of this shop is one of Prisma's own promises, which is what tells where its answer comes from.
      const { data, info } = await prisma.$cacheInfo(question(shop) as Prisma.PrismaPromise<T>)
      return { answer: data, isFromCache: info.status === 'hit' || info.status === 'joined' }
    },
    async close() {
      await prisma.$disconnect()
      await cache.close()
    },
  }
}
