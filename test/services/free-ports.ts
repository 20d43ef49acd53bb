import { createServer } from 'node:net'

// Below the ports that systems give to outgoing connections and to `listen(0)` (Linux from 32768, others from 49152):
// a server that is restarted on its port must not find that a connection has taken it meanwhile.
const lowest = 11_000
const count = 10_000
// The nodes of a Redis cluster talk to each other on the port that is this much higher.
const busOffset = 10_000
const attempts = 3
const taken = /address already in use|port is already allocated/i

/**
 * Starts something on ports of the loopback interface that nobody listened on a moment ago, nor on the port of a Redis
 * cluster's bus that belongs to each. Between that moment and its own listening another process may take one: that, and
 * only that, is tried again with others.
 */
export async function onFreePorts<T>(
  wanted: number,
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(wanted)
    try {
      return await start(ports)
    } catch (error) {
      if (attempt === attempts || !taken.test(String(error))) throw error
    }
  }
}

async function freePorts(wanted: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < wanted) {
    const port = lowest + Math.floor(Math.random() * count)
    if ((await isFree(port)) && (await isFree(port + busOffset))) ports.add(port)
  }
  return [...ports]
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
