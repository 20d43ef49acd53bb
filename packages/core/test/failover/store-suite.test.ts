import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { failoverStores } from '../support/failover-stores.js'

for (const [name, storeUnderTest] of Object.entries(failoverStores))
  describeStore(
    `failover, ${name}`,
    storeUnderTest((factory) => factory),
    { describe, test },
  )
