import type { Api } from './api.js'
import type { ChangedPair, Figures } from './hunt.js'
import { meets, ways } from './hunt.js'
import { mutants } from './mutants.js'
import { precisionWithout } from './precision-without.js'
import type { VariantOf } from './recorded.js'

const share = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`

/** Says how precise a run was: of the pairs whose answer did not change, how many were left alone. */
export function report(database: string, refused: object, figures: ReadonlyMap<string, Figures>): void {
  const lines = [`${database}; refused: ${JSON.stringify(refused)}`]
  for (const [
    name,
    { pairs, changed, unchanged, leftAlone, outlived, leftAloneByTables, byKind },
  ] of figures) {
    lines.push(
      `${name}: ${pairs} pairs, ${changed} changed; of ${unchanged} unchanged ${share(leftAlone, unchanged)} left alone, ` +
        `${outlived} of them although a tag of theirs was bumped, by tables ${share(leftAloneByTables, unchanged)}`,
    )
    for (const [kind, own] of byKind)
      lines.push(`  ${kind}: of ${own.unchanged} ${share(own.leftAlone, own.unchanged)}`)
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** Says which rules the changes of a run show to be needed. */
export async function reportMutants(changed: readonly ChangedPair[], variantOf: VariantOf): Promise<void> {
  for (const mutant of mutants) {
    const copy = await precisionWithout(mutant)
    const missed = Object.keys(ways).map((way) => missedChanges(copy, changed, variantOf, way))
    process.stdout.write(
      `without ${mutant.file}: ${mutant.rule}: ${missed.join(', ')} of ${changed.length} missed\n`,
    )
  }
}

/** How many of these changes a copy of the rules would have missed; -1 if it throws. */
function missedChanges(api: Api, pairs: readonly ChangedPair[], variantOf: VariantOf, way: string): number {
  try {
    const { readTags, writeTags } = variantOf(way, ways[way]!, api)
    return pairs.filter(({ read, write }) => !meets(readTags(read), writeTags(write))).length
  } catch {
    return -1
  }
}
