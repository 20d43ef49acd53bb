import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import type { ResolvedConsistency, StoreContext } from '@freshet/core/store'
import { systemClock } from '../../../core/src/clock.js'
import { Advisor, type AdvisorParts } from '../../src/advisor/advisor.js'
import { type AdviceOptions, resolveAdvice } from '../../src/advisor/options.js'
import { createKeys } from '../../src/keys.js'
import { Link } from '../../src/link.js'
import { clientWire } from '../../src/wire.js'
import type { HostAndPort, TestClient } from '../support/clients.js'

export interface Advised {
  readonly advisor: Advisor
  /** By code. */
  readonly warnings: Map<string, string>
}

interface Circumstances extends Partial<Pick<AdvisorParts, 'wallClock' | 'leaseMs' | 'isReplicated'>> {
  readonly consistency?: ResolvedConsistency
  readonly advice?: AdviceOptions
  readonly namespace?: string
}

/** An advisor of a store on `client`, and what it warns of. */
export function advise(client: TestClient, circumstances: Circumstances = {}): Advised {
  const {
    consistency = { mode: 'strong' },
    advice = {},
    namespace,
    leaseMs = 30_000,
    ...rest
  } = circumstances
  const warnings = new Map<string, string>()
  const context: StoreContext = {
    now: systemClock.now,
    setTimer: systemClock.setTimer,
    failed: () => undefined,
    warn: (code, message) => void warnings.set(code, message),
    switched: () => undefined,
    namespace,
    consistency,
    near: { maxEntries: 10, maxBytes: 1_000 },
  }
  const limits = { timeoutMs: 2_000, breakerFailures: 5, breakerRetryMs: 1_000 }
  const advisor = new Advisor({
    client,
    link: new Link(clientWire(client), context, limits),
    keys: createKeys('freshet:'),
    context,
    advice: resolveAdvice(advice)!,
    leaseMs,
    isReplicated: false,
    ...rest,
  })
  return { advisor, warnings }
}

/** What an advisor warns of when it looks once. */
export async function warningsOf(
  client: TestClient,
  circumstances: Circumstances = {},
): Promise<ReadonlyMap<string, string>> {
  const { advisor, warnings } = advise(client, circumstances)
  await advisor.look()
  return warnings
}

/** Something in front of servers that hides which of them answers. */
export interface Balancer extends HostAndPort {
  /** Who is asked from now on: by new connections, or by all that are open as well. */
  use(server: HostAndPort, whom: 'new connections' | 'all connections'): void
  stop(): Promise<void>
}

/** Starts one in front of `first`. */
export async function startBalancer(first: HostAndPort): Promise<Balancer> {
  let current = first
  const open = new Map<Socket, Socket>()
  const listener = createServer((client) => {
    reach(client, current)
    client.on('data', (bytes) => void open.get(client)?.write(bytes))
    client.on('error', () => undefined)
    client.on('close', () => {
      open.get(client)?.destroy()
      open.delete(client)
    })
  })

  function reach(client: Socket, { host, port }: HostAndPort): void {
    const before = open.get(client)
    const server = connect({ host, port })
    open.set(client, server)
    before?.destroy()
    server.on('data', (bytes) => void client.write(bytes))
    server.on('error', () => client.destroy())
  }

  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    use(server, whom) {
      current = server
      if (whom === 'all connections') for (const client of open.keys()) reach(client, server)
    },
    async stop() {
      for (const client of open.keys()) client.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
