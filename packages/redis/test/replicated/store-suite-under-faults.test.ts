import { describeUnderFaults } from '../support/under-faults.js'
import { describeReplicated } from './suite.js'

describeReplicated('ioredis 6', (_, mode, suite) => {
  describeUnderFaults(mode, (wrap) => suite.storeUnderTest(mode, wrap))
})
