import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const guide = readFileSync(`${root}docs/guides/advice.md`, 'utf8')

/** The sources of the packages that warn. */
const sources = ['core', 'redis']
  .flatMap((name) => {
    const folder = `${root}packages/${name}/src/`
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => folder + path)
  })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n')

test('the guide says what each warning of the stores means, and names none that there is not', () => {
  const warned = Array.from(
    sources.matchAll(/(?:warn\(|code: )'((?:REDIS|PRIMARY)_[A-Z_]+)'/g),
    ([, code]) => code!,
  )
  const explained = Array.from(guide.matchAll(/`((?:REDIS|PRIMARY)_[A-Z_]+)`/g), ([, code]) => code!)
  expect(new Set(warned).size).toBeGreaterThan(10)
  expect(new Set(explained)).toEqual(new Set(warned))
})
