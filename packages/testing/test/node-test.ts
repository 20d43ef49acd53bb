import { describe, test } from 'node:test'
import { memoryStore } from '@freshet/core'
import { describeStore } from '@freshet/testing'

describeStore('memory store', { create: memoryStore, marksWrites: false }, { describe, test })
