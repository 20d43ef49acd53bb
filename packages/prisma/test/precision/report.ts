import type { KnownColumns } from '@freshet/sql'
import { precisionWithout } from './precision-without.js'
import type { ChangedPair, Figures } from './hunt.js'
import { mutants } from './mutants.js'
import { missedChanges } from './replay.js'

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

/** Says how precise a run was: of the pairs whose answer did not change, how many were left alone. */
export function report(refused: object, figures: ReadonlyMap<string, Figures>): void {
  const lines = [`refused by Prisma or the database: ${JSON.stringify(refused)}`]
  for (const [
    name,
    { pairs, changed, unchanged, leftAlone, outlived, leftAloneByTables, byOperation },
  ] of figures) {
    lines.push(
      `${name}: ${pairs} pairs, ${changed} changed; of ${unchanged} unchanged ${share(leftAlone, unchanged)} left alone (${outlived} outlived), ` +
        `by tables ${share(leftAloneByTables, unchanged)}`,
    )
    for (const [operation, own] of byOperation)
      lines.push(`  ${operation}: of ${own.unchanged} ${share(own.leftAlone, own.unchanged)}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Says which rules the changes of a run show to be needed. */
export async function reportMutants(
  changed: readonly ChangedPair[],
  columns: ReadonlyMap<string, KnownColumns>,
): Promise<void> {
  for (const mutant of mutants) {
    const copy = await precisionWithout(mutant)
    const missed = [true, false].map((isEnforced) => {
      try {
        return missedChanges(copy, changed, columns, isEnforced)
      } catch {
        return -1
      }
    })
    process.stdout.write(
      `without ${mutant.file}: ${mutant.rule}: ${missed.join(' and ')} of ${changed.length} missed\n`,
    )
  }
}
