import { memoryStore } from '../src/memory-store.js'
import { storeSuite } from './support/store-suite.js'

storeSuite({ name: 'memory store', create: memoryStore })
