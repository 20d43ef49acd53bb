import { FreshetError } from '@freshet/core'
import type { DataSource } from 'typeorm'
import type { FreshetState } from '../state.js'
import { stateOf } from '../state.js'

/** @throws FreshetError NOT_CONFIGURED */
export function configuredState(dataSource: DataSource, method: string): FreshetState {
  const state = stateOf(dataSource)
  if (state !== undefined) return state
  throw new FreshetError(
    'NOT_CONFIGURED',
    `${method}() was called, but its DataSource (${dataSource.options.type}) was not given a cache. ` +
      `Add it: new DataSource({ …, cache: freshet({ cache: createCache() }) }).`,
  )
}
