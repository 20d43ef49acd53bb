import { describe, expect, it } from 'vitest'
import { analyseStatement, type SqlDialect } from '../src/index.js'
import groups from './fixtures/adversarial.json' with { type: 'json' }
import { render } from './render.js'

for (const { about, cases } of groups as unknown as {
  about: string
  cases: [SqlDialect, string, string][]
}[]) {
  describe(about, () => {
    it.each(cases)('%s: %s', (dialect, sql, expected) => {
      expect(render(analyseStatement(sql, dialect))).toBe(expected)
    })
  })
}
