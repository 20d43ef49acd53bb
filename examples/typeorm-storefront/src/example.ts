import { Calls } from '@freshet-example/storefront'
import type { CachedEntrance, Entrance, EntranceOptions, Example } from '@freshet-example/storefront'
import { openCachedDataSource, openPlainDataSource } from './data-source.js'
import { openFiller } from './fill.js'
import { cachedRepositories, uncachedRepositories } from './repositories.js'
import { createShop } from './shop/index.js'

/** The storefront on TypeORM. */
export const typeormExample: Example = {
  command: 'npm run start:typeorm',
  dataFolder: new URL('../.data/', import.meta.url),
  openFiller,
  openUncached,
  openCached,
}

async function openUncached(options: EntranceOptions): Promise<Entrance> {
  const dataSource = await openPlainDataSource(options)
  return {
    shop: createShop(dataSource, uncachedRepositories(dataSource)),
    close: () => dataSource.destroy(),
  }
}

async function openCached(options: EntranceOptions): Promise<CachedEntrance> {
  const calls = new Calls()
  const onQuery = both(calls.onQuery, options.onQuery)
  const { dataSource, cache } = await openCachedDataSource({ ...options, onQuery })
  cache.on('hit', both(calls.onHit, options.onHit))
  const shop = createShop(dataSource, cachedRepositories(dataSource))
  return {
    shop,
    async trace(question) {
      const { answer, queries, hits } = await calls.trace(() => question(shop))
      // Whoever joins another's load is told of no hit, and sends nothing either.
      return { answer, isFromCache: hits > 0 || queries === 0 }
    },
    async close() {
      await dataSource.destroy()
      await cache.close()
    },
  }
}

const both = (first: () => void, second: (() => void) | undefined) => (): void => {
  first()
  second?.()
}
