import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { asyncStore } from './support/async-store.js'

describeStore(
  'store that answers by promises',
  { create: asyncStore, marksWrites: false },
  { describe, test },
)
