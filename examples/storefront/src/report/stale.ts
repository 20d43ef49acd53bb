import { inspect } from 'node:util'
import type { StaleAnswer } from '../visits/compare.js'

const SHOWN = 3

/** The first few stale answers beside what the database said. */
export function renderStaleAnswers(stale: readonly StaleAnswer[]): string {
  return stale.slice(0, SHOWN).map(renderStaleAnswer).join('\n')
}

function renderStaleAnswer({ name, cached, direct }: StaleAnswer): string {
  const show = (answer: unknown): string =>
    inspect(answer, { depth: 5, breakLength: 110, maxArrayLength: 20 })
  return `Stale answer to '${name}'\n  from the cache:    ${show(cached)}\n  from the database: ${show(direct)}\n`
}
