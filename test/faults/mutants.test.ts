import { expect, test } from 'vitest'
import { misfitsAmong } from '../history/hunt.js'
import { mutants } from './mutants.js'

test('every rule that can be left out stands where the mutants look for it', () => {
  expect(misfitsAmong(mutants)).toEqual([])
})
