import { createServer } from 'node:net'
import { freePort } from './free-port.js'

// The nodes of a cluster talk to each other on the port that is this much higher.
const busOffset = 10_000
const maxPort = 65_535

/** Ports of the loopback interface that nobody listened on a moment ago, each with its cluster's bus port. */
export async function freeRedisPorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) {
    const port = await freePort()
    if (port + busOffset <= maxPort && (await isFree(port + busOffset))) ports.add(port)
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
