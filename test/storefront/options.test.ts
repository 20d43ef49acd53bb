import { describe, expect, it } from 'vitest'
import { parseOptions, usage, UsageError } from '../../examples/storefront/src/cli.js'

describe('the options of the storefront', () => {
  it('have the defaults that the usage names', () => {
    const { visitors, actions, writes, seed, scale } = parseOptions([])
    for (const [name, value] of Object.entries({ visitors, actions, writes, seed, scale })) {
      expect(usage('npm start')).toMatch(new RegExp(`--${name} <n> .*\\(default ${value}\\)`))
    }
  })

  it('are read from the command line', () => {
    expect(parseOptions(['--visitors', '3', '--writes=12.5', '--json'])).toMatchObject({
      visitors: 3,
      writes: 12.5,
      json: true,
    })
  })

  it.each([
    ['--visitors', '0'],
    ['--visitors', ''],
    ['--actions', '1.5'],
    ['--writes', 'many'],
    ['--writes', '101'],
    ['--seed', '-1'],
    ['--scale', 'Infinity'],
    ['--vistors', '3'],
  ])('refuse %s %s by name', (option, value) => {
    expect(() => parseOptions([`${option}=${value}`])).toThrow(UsageError)
    expect(() => parseOptions([`${option}=${value}`])).toThrow(option)
  })
})
