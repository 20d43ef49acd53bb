import Table from 'cli-table3'
import type { OperationSummary, Summary } from './summary.js'

const HEAD = [
  '',
  'calls',
  'hits',
  'median',
  'cached',
  'a hit',
  'p99',
  'cached',
  'speed-up',
  'queries',
  'saved',
]

/** The summary for people: one table and what it comes to. */
export function renderTable(summary: Summary): string {
  const table = new Table({
    head: HEAD,
    colAligns: HEAD.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  })
  table.push(...summary.operations.map(row))
  return `${table.toString()}\n${renderTotals(summary)}`
}

function row(operation: OperationSummary): string[] {
  return [
    operation.operation,
    count(operation.calls),
    operation.hitRatio === null ? 'write' : percent(operation.hitRatio),
    time(operation.medianUncachedUs),
    time(operation.medianCachedUs),
    operation.medianHitUs === null ? '–' : time(operation.medianHitUs),
    time(operation.p99UncachedUs),
    time(operation.p99CachedUs),
    `${operation.speedUp.toFixed(1)} x`,
    count(operation.dbQueriesUncached),
    saved(operation.dbQueriesUncached, operation.dbQueriesCached),
  ]
}

function renderTotals(summary: Summary): string {
  const calls = `${count(summary.reads)} reads and ${count(summary.writes)} writes (${percent(summary.writeRatio)})`
  const hit = summary.medianHitUs === null ? '' : `; ${time(summary.medianHitUs)} for a hit`
  return [
    `Calls            ${calls}, ${percent(summary.hitRatio)} of the reads answered by the cache`,
    `Median read      ${time(summary.medianUncachedUs)} without, ${time(summary.medianCachedUs)} with the cache${hit}`,
    `Database queries ${count(summary.dbQueriesUncached)} without, ${count(summary.dbQueriesCached)} with the cache`,
    `All visits       ${summary.secondsUncached.toFixed(1)} s without, ${summary.secondsCached.toFixed(1)} s with the cache`,
    `Stale answers    ${count(summary.staleAnswers)} of ${count(summary.comparedAnswers)} compared with the database`,
    '',
  ].join('\n')
}

const count = (value: number): string => value.toLocaleString('en-US')
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function time(us: number): string {
  return us < 1_000 ? `${us.toFixed(0)} µs` : `${(us / 1_000).toFixed(1)} ms`
}

function saved(before: number, after: number): string {
  return before === 0 ? '–' : `${((1 - after / before) * 100).toFixed(0)} %`
}
