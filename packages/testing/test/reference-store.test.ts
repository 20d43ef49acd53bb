import { describeStore } from '@freshet/testing'
import { describe, test } from 'vitest'
import { underTest } from './reference-store/index.js'
import { ReferenceStore } from './reference-store/reference-store.js'

for (const consistency of ['strong', 'bounded', 'eventual'] as const)
  describeStore(`reference store, ${consistency}`, underTest(ReferenceStore, consistency), { describe, test })
