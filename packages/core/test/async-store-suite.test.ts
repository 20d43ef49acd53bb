import { asyncStore } from './support/async-store.js'
import { storeSuite } from './support/store-suite.js'

storeSuite({ name: 'store that answers by promises', create: asyncStore })
