import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { describeReplicated } from './suite.js'

describeReplicated('ioredis 5', (server, mode, suite) => {
  describe(mode, () => {
    describeStore(`Redis ${server}, replicated, ${mode}`, suite.storeUnderTest(mode), { describe, test })
  })
})
