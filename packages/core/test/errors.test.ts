import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FreshetError, isFreshetError } from '../src/errors.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const source = readFileSync(join(root, 'packages/core/src/errors.ts'), 'utf8')
const union = /type FreshetErrorCode =([^]*?)\n\n/.exec(source)?.[1] ?? ''
const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code!)

/** The text of every source file of the packages, but for the list of codes itself. */
function packageSources(): string {
  const packages = readdirSync(join(root, 'packages'))
  const files = packages.flatMap((name) => {
    const folder = join(root, 'packages', name, 'src')
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    return paths.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path))
  })
  return files
    .filter((path) => !path.endsWith(join('core', 'src', 'errors.ts')))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

describe('docs/errors.md', () => {
  const rows = readFileSync(join(root, 'docs/errors.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => /^`[A-Z_]+`$/.test(cells[1] ?? ''))

  test('has one row for each code, in the order of the source', () => {
    expect(codes.length).toBeGreaterThan(5)
    expect(rows.map((cells) => cells[1]!.slice(1, -1))).toEqual(codes)
  })

  test('says for each what it means, what raises it and what to do', () => {
    for (const cells of rows) {
      expect(cells).toHaveLength(6)
      expect(cells.slice(2, 5).every((cell) => cell.length > 10)).toBe(true)
    }
  })

  test('names no code that nothing raises', () => {
    const text = packageSources()
    expect(codes.filter((code) => !text.includes(`'${code}'`))).toEqual([])
  })
})

describe('FreshetError', () => {
  test('has a code, a message and a cause, and is told from other errors', () => {
    const cause = new Error('below')
    const error = new FreshetError('INVALID_KEY', 'what happened', { cause })
    expect(error).toMatchObject({
      name: 'FreshetError',
      code: 'INVALID_KEY',
      message: 'what happened',
      cause,
    })
    expect(error).toBeInstanceOf(Error)
    expect(isFreshetError(error)).toBe(true)
    expect(isFreshetError(error, 'INVALID_KEY')).toBe(true)
    expect(isFreshetError(error, 'INVALID_TAG')).toBe(false)
    expect('cause' in new FreshetError('INVALID_KEY', '')).toBe(false)
    for (const other of [cause, null, undefined, 'INVALID_KEY', { code: 'INVALID_KEY' }]) {
      expect(isFreshetError(other)).toBe(false)
    }
  })

  test('is recognised from another copy of the package', () => {
    const foreign = { code: 'INVALID_KEY', [Symbol.for('freshet.error')]: true }
    expect(isFreshetError(foreign, 'INVALID_KEY')).toBe(true)
  })
})
