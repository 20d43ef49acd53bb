import type { Figures } from './hunt.js'

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

/** Says how precise a run was: of the pairs whose answer did not change, how many were left alone. */
export function report(refused: object, figures: ReadonlyMap<string, Figures>): void {
  const lines = [`refused by Prisma or the database: ${JSON.stringify(refused)}`]
  for (const [name, { pairs, changed, unchanged, leftAlone, leftAloneByTables, byOperation }] of figures) {
    lines.push(
      `${name}: ${pairs} pairs, ${changed} changed; of ${unchanged} unchanged ${share(leftAlone, unchanged)} left alone, ` +
        `by tables ${share(leftAloneByTables, unchanged)}`,
    )
    for (const [operation, own] of byOperation)
      lines.push(`  ${operation}: of ${own.unchanged} ${share(own.leftAlone, own.unchanged)}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
