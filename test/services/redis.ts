import type { Binaries } from './binaries.js'
import { startContainer } from './container.js'
import { sourceOf } from './engine.js'
import { startLocalServer } from './local-server.js'
import type { Service } from './service.js'

// Nothing is written to disk unless a test asks for it.
const flags = ['--save', '', '--appendonly', 'no'] as const

const url = (host: string, port: number) => `redis://${host}:${port}`

/**
 * Starts a Redis server of its own.
 *
 * @param args further command-line arguments of the server, such as `['--maxmemory', '10mb']`
 */
export async function startRedis(args: readonly string[] = []): Promise<Service> {
  const source = sourceOf('redis')
  return source.from === 'docker' ? await startInContainer(args) : await startHere(source.binaries, args)
}

async function startHere({ server }: Binaries, args: readonly string[]): Promise<Service> {
  return await startLocalServer({
    kind: 'redis',
    command: server,
    args: (folder, port) => [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      ...flags,
      ...args,
    ],
    owner: {},
    ready: /Ready to accept connections/,
    stopSignal: 'SIGTERM',
    url,
  })
}

async function startInContainer(args: readonly string[]): Promise<Service> {
  return await startContainer({
    kind: 'redis',
    image: 'redis:7-alpine',
    port: 6379,
    command: ['redis-server', ...flags, ...args],
    ready: { pattern: /Ready to accept connections/, times: 1 },
    url,
  })
}
