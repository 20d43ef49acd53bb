/** One read, as its caller saw it. */
export interface Sample<Read = unknown> {
  /** What the reader told of it; `undefined` if it failed. */
  readonly read: Read | undefined
  /** On `performance.now()`. */
  readonly startedAt: number
  readonly ms: number
  readonly failed: boolean
}

/** Readers that ask again as soon as they are answered. */
export interface Workers<Read> {
  readonly samples: readonly Sample<Read>[]
  stop(): Promise<void>
}

export function startWorkers<Read>(count: number, reader: () => Promise<Read>): Workers<Read> {
  const samples: Sample<Read>[] = []
  const stopping = new AbortController()
  const work = async () => {
    while (!stopping.signal.aborted) {
      const startedAt = performance.now()
      const [read, failed] = await reader().then(
        (told) => [told, false] as const,
        () => [undefined, true] as const,
      )
      samples.push({ read, startedAt, ms: performance.now() - startedAt, failed })
      // What comes from memory alone would never let anything else in.
      if (samples.length % 16 === 0) await new Promise(setImmediate)
    }
  }
  const all = Array.from({ length: count }, work)
  return {
    samples,
    async stop() {
      stopping.abort()
      await Promise.all(all)
    },
  }
}

/** The value that a share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
}

export const p99 = (samples: readonly Sample[]): number =>
  quantile(
    samples.map(({ ms }) => ms),
    0.99,
  )

export const between = <Read>(
  samples: readonly Sample<Read>[],
  from: number,
  to = Infinity,
): readonly Sample<Read>[] => samples.filter(({ startedAt }) => startedAt >= from && startedAt < to)
