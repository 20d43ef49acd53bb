import type { Figures } from './hunt.js'

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

/** Says how precise a run was: of the pairs whose answer did not change, how many were left alone. */
export function report(database: string, refused: object, figures: ReadonlyMap<string, Figures>): void {
  const lines = [`${database}; refused: ${JSON.stringify(refused)}`]
  for (const [name, { pairs, changed, unchanged, leftAlone, leftAloneByTables, byKind }] of figures) {
    lines.push(
      `${name}: ${pairs} pairs, ${changed} changed; of ${unchanged} unchanged ${share(leftAlone, unchanged)} left alone, ` +
        `by tables ${share(leftAloneByTables, unchanged)}`,
    )
    for (const [kind, own] of byKind)
      lines.push(`  ${kind}: of ${own.unchanged} ${share(own.leftAlone, own.unchanged)}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
