import { canonical } from './canonical.js'
import type { Oracle } from './oracle.js'
import type { Kind, Question, Step } from './question.js'
import type { WatchedCache } from './watched-cache.js'

/** What one kind of question came to. */
export interface Tally {
  asked: number
  /** Answered by the cache, and what the oracle would have answered. */
  hits: number
  oracleHits: number
  /** How often the cache missed what the oracle would have answered, by cause. */
  readonly lost: Map<string, number>
}

export interface Pass {
  readonly byKind: ReadonlyMap<Kind, Tally>
  readonly questions: number
  readonly changes: number
  /** Questions and changes per second, one after another; the mirror's own work is left out. */
  readonly perSecond: number
  readonly spent: Spent
}

/** Milliseconds. */
interface Spent {
  hits: number
  misses: number
  changes: number
}

/** An answer that is not the mirror's: of the cache or of the database. */
class WrongAnswer extends Error {}

/** What is asked and changed, and who keeps an eye on it. */
export interface Visit {
  readonly steps: Iterator<Step>
  readonly watched: WatchedCache
  readonly oracle: Oracle
}

const atOnce = 8

/** Asks until the cache and the oracle hold what `calls` questions bring. The steps must not change anything. */
export async function warm({ steps, oracle }: Visit, calls: number): Promise<void> {
  let asked = 0
  const visitor = async () => {
    while (asked < calls) {
      const step: Step = steps.next().value
      if ('change' in step) throw new Error('A visitor who warms the cache must only ask.')
      asked += step.questions.length
      for (const { fact, ask } of step.questions) {
        await ask()
        oracle.read(fact)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, visitor))
}

/**
 * Takes steps one after another until there are `calls` questions and changes. Each answer is held against the mirror's, so
 * that neither the cache gives an old one nor the oracle knows a wrong one.
 *
 * @throws WrongAnswer
 */
export async function runPass({ steps, watched, oracle }: Visit, calls: number): Promise<Pass> {
  const byKind = new Map<Kind, Tally>()
  const counts = { questions: 0, changes: 0 }
  const spent: Spent = { hits: 0, misses: 0, changes: 0 }
  while (counts.questions + counts.changes < calls) {
    const step: Step = steps.next().value
    if ('change' in step) {
      watched.writing(step.change.name)
      const startedAt = performance.now()
      await step.change.write()
      spent.changes += performance.now() - startedAt
      oracle.written(step.change.mirror())
      counts.changes++
    } else
      for (const question of step.questions) {
        await askOnce(question, { watched, oracle, byKind, spent })
        counts.questions++
      }
  }
  const { questions, changes } = counts
  const elapsedMs = spent.hits + spent.misses + spent.changes
  return { byKind, questions, changes, perSecond: ((questions + changes) / elapsedMs) * 1000, spent }
}

interface Course extends Omit<Visit, 'steps'> {
  readonly byKind: Map<Kind, Tally>
  readonly spent: Spent
}

async function askOnce({ fact, ask }: Question, { watched, oracle, byKind, spent }: Course): Promise<void> {
  watched.wasHit()
  const startedAt = performance.now()
  const answer = await ask()
  const elapsedMs = performance.now() - startedAt
  const isHit = watched.wasHit()
  spent[isHit ? 'hits' : 'misses'] += elapsedMs
  const known = oracle.read(fact)
  if (canonical(answer) !== known.answer) throw wrong(fact.key, isHit, canonical(answer), known.answer)
  const tally = tallyOf(byKind, fact.kind)
  tally.asked++
  if (isHit) tally.hits++
  if (known.isHit) tally.oracleHits++
  if (known.isHit && !isHit) {
    const cause = watched.lostBy()
    tally.lost.set(cause, (tally.lost.get(cause) ?? 0) + 1)
  }
}

function tallyOf(byKind: Map<Kind, Tally>, kind: Kind): Tally {
  const known = byKind.get(kind)
  if (known !== undefined) return known
  const tally = { asked: 0, hits: 0, oracleHits: 0, lost: new Map<string, number>() }
  byKind.set(kind, tally)
  return tally
}

function wrong(key: string, isHit: boolean, answer: string, known: string): WrongAnswer {
  const from = isHit ? 'The cache' : 'The database'
  return new WrongAnswer(
    `${from} answered '${key}' otherwise than the mirror of the data.\n  answered: ${answer}\n  expected: ${known}`,
  )
}
