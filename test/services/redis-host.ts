import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.js'
import { sourceOf } from './engine.js'
import { startLocalServer } from './local-server.js'
import { containerRedisHost } from './redis-container.js'
import { redisArguments, redisIsReady, type RedisHost, type RedisProcess } from './redis-launch.js'

/** A host for processes on these ports: this machine, or one container in which they all are. */
export async function startRedisHost(ports: readonly number[]): Promise<RedisHost> {
  const source = sourceOf('redis')
  return source.from === 'docker' ? await containerRedisHost(ports) : localRedisHost(source.binaries)
}

function localRedisHost({ server }: Binaries): RedisHost {
  const running = new Set<RedisProcess>()
  return {
    async launch(plan) {
      const service = await startLocalServer({
        kind: 'redis',
        command: server,
        port: plan.port,
        args: (folder) => redisArguments(plan, folder, '127.0.0.1'),
        prepare: async (folder) => {
          for (const [name, content] of Object.entries(plan.files ?? {}))
            writeFileSync(join(folder, name), content)
        },
        owner: {},
        ready: redisIsReady,
        stopSignal: 'SIGTERM',
        url: (host, port) => `redis://${host}:${port}`,
      })
      const pid = service.pid
      if (pid === undefined || service.folder === undefined) throw new Error('the server has no process id')
      const folder = service.folder
      const redis: RedisProcess = {
        signal: async (name) => void process.kill(pid, name),
        readFile: async (name) => await readFile(join(folder, name)),
        stop: async () => {
          running.delete(redis)
          await service.stop()
        },
        kill: async () => {
          running.delete(redis)
          await service.kill()
        },
      }
      running.add(redis)
      return redis
    },
    stop: async () => {
      await Promise.all(Array.from(running, async (redis) => await redis.kill()))
    },
  }
}
