import type { CampaignResult, Finding } from './campaign.js'

/** One line of figures. */
export function reportFigures(result: CampaignResult): string {
  const { operations, hits, misses, bypasses, joined, writes, acknowledged, undelivered, seconds } = result
  const looked = Math.max(1, hits + misses + bypasses)
  const faults = [...result.faults.values()].reduce((sum, times) => sum + times, 0)
  return (
    `${operations} operations in ${seconds.toFixed(0)} s: ${((100 * hits) / looked).toFixed(1)} % of ${looked} reads hits, ` +
    `${joined} joined, ${writes} writes (${acknowledged} acknowledged, ${undelivered} of them or others after the store could not be told), ` +
    `${faults} faults, ${result.deaths} processes killed, ${result.rounds} rounds, ` +
    `${result.unsettled} rows unsettled by two faults at once, ${result.violations} violations` +
    (result.errors.length > 0 ? `, ${result.errors.length} errors` : '')
  )
}

export function reportFaults({ faults }: CampaignResult): string {
  return [...faults]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, times]) => `  ${times} × ${name}`)
    .join('\n')
}

/** A violation with what happened to its row around it. */
export function reportFinding({ violation, history }: Finding): string {
  const { property, read, required, since } = violation
  const from = Math.min(since, read.start) - 1500
  const at = (time: number) => (time - read.start).toFixed(3)
  const lines: (readonly [number, string])[] = []
  for (const write of history.writes) {
    if (write.row !== read.row || write.ended < from || write.begin > read.end) continue
    const { process, version, committed, end, ended, unmarked, undelivered } = write
    lines.push([
      write.begin,
      `write of ${version ?? '?'} by ${process}, committed ${committed === undefined ? '?' : at(committed)}, ${end} ${at(ended)}` +
        `${unmarked ? ', without a mark' : ''}${undelivered ? ', not delivered at first' : ''}`,
    ])
  }
  for (const loss of history.losses) {
    if ((loss.row !== undefined && loss.row !== read.row) || loss.to < from || loss.from > read.end) continue
    lines.push([
      loss.from,
      `${loss.what}${loss.process === undefined ? '' : ` of ${loss.process}`}, until ${at(loss.to)}`,
    ])
  }
  const reads = history.reads
    .filter(({ row, end, start }) => row === read.row && end >= from && start <= read.end)
    .sort((a, b) => a.start - b.start)
    .slice(-30)
  for (const { process, start, end, version } of reads)
    lines.push([start, `read of ${version} by ${process}, until ${at(end)}`])
  return [
    `${property}: row ${read.row} read as ${read.version} by ${read.process}, which began ${(read.start - since).toFixed(3)} ms after ${required} was there.`,
    `What happened to it, in ms from the beginning of that read (${read.start.toFixed(3)}):`,
    ...lines.sort(([a], [b]) => a - b).map(([time, text]) => `  ${at(time).padStart(12)}  ${text}`),
  ].join('\n')
}
