import { describe, expect, it } from 'vitest'
import { createReadPrecision } from '../../src/precision/read-precision.js'
import { createTablePrecisions } from '../../src/precision/table-precision.js'
import { conditionsOf, createStatementTags, createValueBucket } from '@freshet/core/adapter'
import { besidesCases } from './besides-cases.js'
import { differingBesides, differingBucket, differingReads, differingWrite } from './checks.js'
import { readCases } from './read-cases.js'
import { writeCases } from './write-cases.js'

const api = {
  conditionsOf,
  createReadPrecision,
  createStatementTags,
  createTablePrecisions,
  createValueBucket,
}

describe('a read depends on', () => {
  it.each(readCases.map((readCase) => [readCase[0], readCase] as const))('%s', (_rule, readCase) => {
    expect(differingReads(api, [readCase])).toBeUndefined()
  })
})

describe('a statement bumps the tags of', () => {
  it.each(writeCases.map((writeCase) => [writeCase[0], writeCase] as const))('%s', (_rule, writeCase) => {
    expect(differingWrite(api, writeCase)).toBeUndefined()
  })
})

describe('an answer outlives, of what could matter without being named,', () => {
  it.each(besidesCases.map((one) => [one.about, one] as const))('%s', (_about, one) => {
    expect(differingBesides(api, one)).toBeUndefined()
  })
})

it('takes no plan of another shape', () => {
  expect(differingReads(api, readCases)).toBeUndefined()
  expect(differingReads(api, readCases.toReversed())).toBeUndefined()
})

it('tells values apart by buckets', () => {
  expect(differingBucket(api)).toBeUndefined()
})
