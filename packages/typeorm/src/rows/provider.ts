import { invalidOption, print, wholeSpaceTag } from '@freshet/core/adapter'
import type { DataSource } from 'typeorm'
import type { FreshetState } from '../state.js'
import { cacheSelects } from './cached-select.js'
import { idTags } from './id-tags.js'
import { assertCacheOption } from './options.js'
import { serveWith } from './serving.js'

/** TypeORM's interface of a cache; its own name is not exported by the package. */
export type Provider = NonNullable<DataSource['queryResultCache']>

/**
 * What TypeORM calls `queryResultCache`. It only takes what users say to it: `clear()` and `remove(ids)`. Reads are
 * answered before TypeORM would ask it, see `cacheSelects`.
 *
 * It connects to nothing, so a store that is down does not keep a DataSource from being initialized; and it closes
 * nothing, because the cache is its creator's. It only has the database asked for its catalogue.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION for what else the DataSource's `cache` option must not hold
 */
export function createProvider(dataSource: DataSource, state: FreshetState): Provider {
  assertCacheOption(dataSource)
  if (!cacheSelects(dataSource)) tellUnknownVersion(state)
  const provider = new FreshetProvider(state)
  serveWith(provider, state)
  return provider
}

class FreshetProvider implements Provider {
  readonly #state: FreshetState

  constructor(state: FreshetState) {
    this.#state = state
  }

  /** Called by `initialize()`, before anything is read, and after the driver has connected. */
  async connect(): Promise<void> {
    await this.#state.connected()
  }

  async disconnect(): Promise<void> {
    this.#state.disconnected()
  }

  async synchronize(): Promise<void> {}

  /** Nothing ever: whoever comes here was not answered before, and goes to the database. */
  async getFromCache(): Promise<undefined> {}

  async storeInCache(): Promise<void> {}

  isExpired(): boolean {
    return true
  }

  /** Forgets everything in the cache's namespace, and nothing else on the server. */
  async clear(): Promise<void> {
    const { writer, space } = this.#state.engine
    await writer.invalidate(space, [wholeSpaceTag], 'queryResultCache.clear()')
  }

  /**
   * Forgets what was read with these ids, on this database; ids that nobody used are fine.
   *
   * @throws FreshetError INVALID_OPTION for anything but an array
   */
  async remove(identifiers: string[]): Promise<void> {
    if (!Array.isArray(identifiers)) {
      throw invalidOption(
        `queryResultCache.remove() takes an array of ids, but ${print(identifiers)} was given.`,
      )
    }
    const { writer, space } = this.#state.engine
    const tags = identifiers.flatMap((id) => idTags(this.#state, id))
    if (tags.length > 0) await writer.invalidate(space, tags, 'queryResultCache.remove()')
  }
}

function tellUnknownVersion({ engine }: FreshetState): void {
  engine.events.warnOnce(
    'TYPEORM_INTERNALS',
    'The query builders of this version of TypeORM are not made as Freshet knows them, so cache: true caches nothing. Use a version that this release names in its peer dependencies.',
  )
}
