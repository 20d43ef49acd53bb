import type { Advice } from './advice.js'
import type { ServerFacts } from './server-facts.js'

const maxApartMs = 5_000

/** Leases and times to live end by the clock of the server that has them: another one may take over, or have the next tag. */
export function clocks(servers: readonly ServerFacts[], leaseMs: number): Advice | undefined {
  const limitMs = Math.min(maxApartMs, leaseMs / 4)
  const ordered = servers.toSorted((a, b) => a.aheadMs - b.aheadMs)
  const [slowest, fastest] = [ordered[0], ordered.at(-1)]
  if (slowest === undefined || fastest === undefined) return undefined
  if (apart(slowest, fastest) > limitMs)
    return advice(
      `The clock of Redis ${fastest.name} is ${seconds(fastest.aheadMs - slowest.aheadMs)} ahead of that of ${slowest.name}.`,
    )
  const wrong = servers.find(({ aheadMs, roundTripMs }) => Math.abs(aheadMs) - roundTripMs > limitMs)
  if (wrong === undefined) return undefined
  const { name, aheadMs } = wrong
  return advice(
    `The clock of Redis ${name} is ${seconds(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this process, so one of the two is wrong.`,
  )
}

/** Beyond what the time of the answers explains. */
function apart(slowest: ServerFacts, fastest: ServerFacts): number {
  return fastest.aheadMs - slowest.aheadMs - slowest.roundTripMs - fastest.roundTripMs
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function advice(found: string): Advice {
  return {
    code: 'REDIS_CLOCKS',
    message: `${found} Entries and the marks of writers live by the clock of the server that has them: when a server whose clock is ahead takes over, marks end early, and entries that depend on several servers live too long or too short by the difference. Have the machines' clocks synchronised.`,
  }
}
