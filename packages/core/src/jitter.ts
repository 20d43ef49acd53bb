/**
 * `ms` spread evenly over `ms ± ms × ratio`, so that entries that were stored together do not all expire together.
 *
 * @param ratio 0 (no jitter) to 1
 * @param random a number in [0, 1), such as `Math.random`
 * @returns whole milliseconds, at least 1; `ms` itself if `ratio` is 0
 */
export function jittered(ms: number, ratio: number, random: () => number): number {
  if (ratio === 0) return ms
  return Math.max(1, Math.round(ms * (1 + ratio * (2 * random() - 1))))
}
