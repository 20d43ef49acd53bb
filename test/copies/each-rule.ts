import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Rule } from './rule.js'

/**
 * Registers a test for each rule, that it is missed when it is taken out.
 *
 * @param folder where the rules' files are named from
 * @param isMissed makes a copy without the rule, and tells whether anything differs
 */
export function describeEachRule(
  title: string,
  folder: URL,
  rules: readonly Rule[],
  isMissed: (rule: Rule) => Promise<boolean>,
): void {
  describe(title, () => {
    it.each(rules.map((rule) => [rule.rule, rule] as const))('%s', async (_name, rule) => {
      const text = readFileSync(new URL(rule.file, folder), 'utf8')
      expect(text.split(rule.find), 'the rule stands in one place').toHaveLength(2)
      expect(await isMissed(rule)).toBe(true)
    })
  })
}
