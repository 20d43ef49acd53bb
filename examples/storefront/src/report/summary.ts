import type { StaleAnswer } from '../visits/compare.js'
import type { Tally } from '../visits/measure.js'

/** One pass of all visits: what was measured and how long it took. */
export interface MeasuredPass {
  readonly tallies: readonly Tally[]
  readonly seconds: number
}

/** The pass in which answers were compared. */
export interface ComparedPass {
  readonly compared: number
  readonly stale: readonly StaleAnswer[]
}

/** All calls of one name, without and with the cache. */
export interface OperationSummary {
  readonly operation: string
  readonly kind: 'read' | 'write'
  readonly calls: number
  /** From 0 to 1; null for writes, which are never answered from the cache. */
  readonly hitRatio: number | null
  readonly medianUncachedUs: number
  readonly medianCachedUs: number
  readonly p99UncachedUs: number
  readonly p99CachedUs: number
  /** Median of those calls that the cache answered; null if there were none. */
  readonly medianHitUs: number | null
  /** Time of all calls together without the cache, divided by that with it. */
  readonly speedUp: number
  readonly dbQueriesUncached: number
  readonly dbQueriesCached: number
}

/** The whole result. Calls are those of `Shop`; a transaction is one call. */
export interface Summary {
  readonly reads: number
  readonly writes: number
  /** writes / (reads + writes) */
  readonly writeRatio: number
  readonly hits: number
  /** hits / reads */
  readonly hitRatio: number
  readonly dbQueriesUncached: number
  readonly dbQueriesCached: number
  /** Of a read, as all other latencies in the units of their names. */
  readonly medianUncachedUs: number
  readonly medianCachedUs: number
  readonly medianHitUs: number | null
  readonly secondsUncached: number
  readonly secondsCached: number
  readonly comparedAnswers: number
  readonly staleAnswers: number
  readonly operations: readonly OperationSummary[]
}

export function summarize(uncached: MeasuredPass, cached: MeasuredPass, comparison: ComparedPass): Summary {
  const readsUncached = uncached.tallies.filter(isRead)
  const readsCached = cached.tallies.filter(isRead)
  const reads = sum(readsCached, callsOf)
  const writes = sum(cached.tallies, callsOf) - reads
  const hits = sum(readsCached, hitsOf)
  return {
    reads,
    writes,
    writeRatio: ratio(writes, reads + writes),
    hits,
    hitRatio: ratio(hits, reads),
    dbQueriesUncached: sum(uncached.tallies, (tally) => tally.queries),
    dbQueriesCached: sum(cached.tallies, (tally) => tally.queries),
    medianUncachedUs: quantile(
      readsUncached.flatMap((tally) => tally.latenciesUs),
      0.5,
    ),
    medianCachedUs: quantile(
      readsCached.flatMap((tally) => tally.latenciesUs),
      0.5,
    ),
    medianHitUs: medianOfSome(readsCached.flatMap((tally) => tally.hitLatenciesUs)),
    secondsUncached: uncached.seconds,
    secondsCached: cached.seconds,
    comparedAnswers: comparison.compared,
    staleAnswers: comparison.stale.length,
    operations: summarizeOperations(uncached.tallies, cached.tallies),
  }
}

function summarizeOperations(uncached: readonly Tally[], cached: readonly Tally[]): OperationSummary[] {
  const uncachedByName = new Map(uncached.map((tally) => [tally.name, tally]))
  return cached
    .map((tally) => summarizeOperation(uncachedByName.get(tally.name) ?? tally, tally))
    .sort((a, b) => a.kind.localeCompare(b.kind) || a.operation.localeCompare(b.operation))
}

function summarizeOperation(uncached: Tally, cached: Tally): OperationSummary {
  return {
    operation: cached.name,
    kind: cached.kind,
    calls: callsOf(cached),
    hitRatio: isRead(cached) ? ratio(hitsOf(cached), callsOf(cached)) : null,
    medianUncachedUs: quantile(uncached.latenciesUs, 0.5),
    medianCachedUs: quantile(cached.latenciesUs, 0.5),
    p99UncachedUs: quantile(uncached.latenciesUs, 0.99),
    p99CachedUs: quantile(cached.latenciesUs, 0.99),
    medianHitUs: medianOfSome(cached.hitLatenciesUs),
    speedUp: ratio(totalUs(uncached), totalUs(cached)),
    dbQueriesUncached: uncached.queries,
    dbQueriesCached: cached.queries,
  }
}

/** The value that the share `q` of all values does not exceed (nearest rank); 0 if there are none. */
function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
}

const medianOfSome = (values: readonly number[]): number | null =>
  values.length === 0 ? null : quantile(values, 0.5)

const isRead = (tally: Tally): boolean => tally.kind === 'read'
const callsOf = (tally: Tally): number => tally.latenciesUs.length
const hitsOf = (tally: Tally): number => tally.hitLatenciesUs.length
const totalUs = (tally: Tally): number => sum(tally.latenciesUs, (latency) => latency)
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
