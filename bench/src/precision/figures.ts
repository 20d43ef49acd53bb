import type { Goal } from '../report.js'
import type { Pass, Tally } from './pass.js'
import type { Kind } from './question.js'
import { isPinned } from './question.js'

/** The same visits with both precisions, each beside an oracle of its own. */
export interface Comparison {
  readonly title: string
  readonly writeShare: number
  readonly rows: Pass
  /** Left out where nothing is compared with it. */
  readonly tables?: Pass | undefined
}

interface Sum {
  readonly asked: number
  readonly hits: number
  readonly oracleHits: number
}

const sumOf = (pass: Pass, wants: (kind: Kind) => boolean = () => true): Sum => {
  const sum = { asked: 0, hits: 0, oracleHits: 0 }
  for (const [kind, { asked, hits, oracleHits }] of pass.byKind) {
    if (!wants(kind)) continue
    sum.asked += asked
    sum.hits += hits
    sum.oracleHits += oracleHits
  }
  return sum
}

const ofOracle = ({ hits, oracleHits }: Sum): number => (oracleHits === 0 ? 1 : hits / oracleHits)
const ratio = (part: number, whole: number): string =>
  (whole === 0 ? '–' : (part / whole).toFixed(3)).padStart(6)
const percent = (share: number): string => `${Math.round(share * 100)} %`

/** One line per kind, and what all come to. */
export function printComparison({ title, rows, tables, writeShare }: Comparison): void {
  console.log(
    `\n${title}, ${percent(writeShare)} writes (${rows.questions} questions, ${rows.changes} changes)`,
  )
  console.log(`  ${''.padEnd(36)}  asked   rows tables oracle  rows/oracle  lost most by`)
  const kinds = [...rows.byKind].toSorted(([, a], [, b]) => b.asked - a.asked)
  for (const [kind, tally] of kinds) {
    const name = `${isPinned(kind) ? '*' : ' '} ${kind}`
    console.log(line(name, tally, tables?.byKind.get(kind), lostMost(tally)))
  }
  console.log(
    line('* all that pin a row or a parent', sumOf(rows, isPinned), tables && sumOf(tables, isPinned)),
  )
  console.log(line('  the whole mix', sumOf(rows), tables && sumOf(tables)))
  const speed = `${Math.round(rows.perSecond)} calls a second`
  console.log(`  ${tables === undefined ? speed : `${speed}, with tables ${Math.round(tables.perSecond)}`}`)
  const spent = tables === undefined ? spentIn(rows) : `${spentIn(rows)}; with tables ${spentIn(tables)}`
  console.log(`  spent on ${spent}`)
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`

const spentIn = ({ spent: { hits, misses, changes } }: Pass): string =>
  `misses ${seconds(misses)}, hits ${seconds(hits)}, changes ${seconds(changes)}`

function line(name: string, rows: Sum, tables: Sum | undefined, causes = ''): string {
  const { asked, hits, oracleHits } = rows
  const table = tables === undefined ? '     –' : ratio(tables.hits, tables.asked)
  const shares = `${ratio(hits, asked)} ${table} ${ratio(oracleHits, asked)}`
  return `  ${name.padEnd(36)} ${String(asked).padStart(6)} ${shares}       ${ratio(hits, oracleHits)}  ${causes}`.trimEnd()
}

function lostMost({ lost, oracleHits }: Tally): string {
  return [...lost]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([cause, count]) => `${cause} ${percent(count / oracleHits)}`)
    .join(', ')
}

/** What must be reached, in memory. */
export function goalsOf({ title, writeShare, rows, tables }: Comparison): Goal[] {
  if (tables === undefined || writeShare > 0.2) return []
  const at = `${title}, ${percent(writeShare)} writes`
  const atLeast = (name: string, value: number, limit: number): Goal => ({
    name: `${at}: ${name}`,
    value,
    limit,
    atMost: false,
  })
  const goals = [
    atLeast("of the oracle's hits, reads that pin a row or a parent", ofOracle(sumOf(rows, isPinned)), 0.95),
    atLeast("of the oracle's hits, the whole mix", ofOracle(sumOf(rows)), 0.85),
  ]
  if (writeShare === 0.05)
    goals.push(atLeast('times the throughput of tables', rows.perSecond / tables.perSecond, 2.5))
  return goals
}

/** What `bench/results/precision.json` holds of a comparison. */
export function toJson({ title, writeShare, rows, tables }: Comparison): object {
  return { title, writeShare, rows: passToJson(rows), tables: tables && passToJson(tables) }
}

function passToJson({ byKind, questions, changes, perSecond, spent }: Pass): object {
  const kinds = [...byKind].map(([kind, { lost, ...tally }]) => [
    kind,
    { ...tally, isPinned: isPinned(kind), lost: Object.fromEntries(lost) },
  ])
  return { questions, changes, perSecond, spent, kinds: Object.fromEntries(kinds) }
}
