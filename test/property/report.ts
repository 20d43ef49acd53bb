import { inspect } from 'node:util'
import { EPISODE_LENGTH } from './campaign.js'
import type { Finding } from './finding.js'
import { describeError, type Outcome } from './compare.js'
import type { Beside, Tally } from './execute.js'
import { describeStep } from './describe-step.js'

/** Everything that somebody needs to understand a difference and see it again. */
export function reportFinding(finding: Finding): string {
  const { maker, difference, history, shortest, index } = finding
  const writes = history.filter((step) => step.kind !== 'read' && step.kind !== 'sweep').slice(-15)
  return [
    `A cached answer differs from the database's: ${difference.what} (${difference.where}).`,
    `  schema ${finding.schema}, seed ${finding.seed}, episode ${finding.episode}, ` +
      (index === undefined ? 'concurrent phase' : `step ${index} of ${EPISODE_LENGTH}`),
    `  read:     ${maker.describeRead(difference.read)}`,
    `  cached:   ${describeOutcome(difference.cached)}`,
    `  database: ${describeOutcome(difference.direct)}`,
    `The last ${writes.length} writing steps before it:`,
    ...writes.map((step) => `  ${describeStep(maker, step)}`),
    ...(shortest ? [`The fewest steps that show it (${shortest.length}):`] : []),
    ...(shortest ?? []).map((step) => `  ${describeStep(maker, step)}`),
    ...(index === undefined ? [] : [`Again: ${replayCommand(finding)}`]),
  ].join('\n')
}

function replayCommand({ maker, schema, seed, episode, database }: Finding): string {
  return (
    `npx tsx --conditions=@freshet/source test/property/run.ts ` +
    `--orm ${maker.orm} --database ${database} --seed ${seed} --schemas ${schema} --episode ${episode}`
  )
}

/** One line of figures. */
export function reportTally(tally: Tally, seconds: number): string {
  const ratio = ((100 * tally.hits) / Math.max(1, tally.reads)).toFixed(1)
  return (
    `${tally.steps} steps in ${seconds.toFixed(0)} s: ${tally.compared} answers compared, ` +
    `${tally.hits} of ${tally.reads} reads outside transactions were hits (${ratio} %), ` +
    `${tally.writes} writes, of which the database refused ${tally.failedWrites}`
  )
}

/** By kind of read: what stayed in the cache of that which a write to the same table did not change. */
export function reportBeside({ beside }: Tally): string {
  const sum = { asked: 0, same: 0, hits: 0 }
  for (const { asked, same, hits } of beside.values()) {
    sum.asked += asked
    sum.same += same
    sum.hits += hits
  }
  const line = (kind: string, { asked, same, hits }: Beside): string =>
    `  ${kind}: ${hits} of ${same} (${((100 * hits) / Math.max(1, same)).toFixed(0)} %), of ${asked} asked`
  return [
    'Answered from the cache right after a write to one of its own tables, of the answers that it did not change:',
    line('all', sum),
    ...[...beside]
      .toSorted(([, one], [, other]) => other.asked - one.asked)
      .map(([kind, found]) => line(kind, found)),
  ].join('\n')
}

function describeOutcome(outcome: Outcome): string {
  return outcome.ok ? short(outcome.value).slice(0, 1500) : `failed with ${describeError(outcome.error)}`
}

function short(value: unknown): string {
  return inspect(value, { depth: 12, breakLength: Infinity, compact: true, maxStringLength: 300 })
}
