import type { Entry } from './store.js'

/**
 * Whether an entry that is still fresh is loaded again now, by XFetch: the earlier the longer its load takes, at random, so that of many
 * readers in many processes most likely one does it, shortly before it expires.
 *
 * Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, VLDB 2015, figure 3.
 *
 * @param beta 1 is optimal for loads whose times are distributed exponentially
 * @param random from 0 to 1
 */
export function isDue(
  { loadMs, expiresAt }: Entry,
  beta: number,
  now: number,
  random: () => number,
): boolean {
  return now - loadMs * beta * Math.log(random()) >= expiresAt
}
