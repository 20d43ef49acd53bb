import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { memoryStore } from '../src/memory-store.js'

describeStore('memory store', { create: memoryStore, marksWrites: false }, { describe, test })
