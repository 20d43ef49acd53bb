/** What is measured: one awaited call. */
export type Case = () => unknown

/** Microseconds per call. */
export interface Measurement {
  readonly medianUs: number
  /** Of this case to the first one, round by round: what both suffer in a round falls out. */
  readonly ratio: number
}

export interface Rounds {
  readonly rounds: number
  /** Calls per case and round; each call is timed only as part of its batch. */
  readonly callsPerRound: number
  /**
   * Calls of each case before it is measured. Default: one batch. What all cases share is compiled when the first of them has run; what is one's own
   * is several times slower until it has been called some thousand times, as a process is that has just been started.
   */
  readonly warmUpCalls?: number
}

/**
 * Measures cases side by side: in every round each runs one batch, in an order that turns, and the median
 * of the rounds counts. So a machine that is slow for a while is slow for all of them.
 */
export async function measure<Name extends string>(
  cases: Readonly<Record<Name, Case>>,
  { rounds, callsPerRound, warmUpCalls = callsPerRound }: Rounds,
): Promise<Record<Name, Measurement>> {
  const names = Object.keys(cases) as Name[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>
  for (const name of names) await batch(cases[name], warmUpCalls)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length]!
      times[name].push(await batch(cases[name], callsPerRound))
    }
  }
  const [first] = names
  const base = times[first!]
  return Object.fromEntries(
    names.map((name) => {
      const ratios = times[name].map((time, round) => time / base[round]!)
      return [name, { medianUs: median(times[name]), ratio: median(ratios) }]
    }),
  ) as Record<Name, Measurement>
}

async function batch(run: Case, calls: number): Promise<number> {
  const startedAt = performance.now()
  for (let call = 0; call < calls; call++) await run()
  return ((performance.now() - startedAt) * 1000) / calls
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
