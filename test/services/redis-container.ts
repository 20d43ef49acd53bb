import {
  redisArguments,
  redisIsReady,
  type RedisHost,
  type RedisLaunch,
  type RedisProcess,
} from './redis-launch.js'

const image = 'redis:7-alpine'
const startTimeoutMs = 60_000

/**
 * One container for all processes of a topology: its ports are published under their own numbers, so that the addresses
 * which nodes tell each other and their clients are right inside and outside.
 */
export async function containerRedisHost(ports: readonly number[]): Promise<RedisHost> {
  const { GenericContainer } = await import('testcontainers')
  const container = await new GenericContainer(image)
    .withCommand(['sleep', 'infinity'])
    .withExposedPorts(...ports.map((port) => ({ container: port, host: port })))
    .start()
  const run = async (script: string): Promise<string> => {
    const { output, exitCode } = await container.exec(['sh', '-c', script])
    if (exitCode !== 0) throw new Error(`'${script}' failed in the container of Redis: ${output}`)
    return output
  }
  return {
    launch: async (plan) => await launch(plan, run),
    stop: async () => void (await container.stop({ timeout: 0 })),
  }
}

type Run = (script: string) => Promise<string>

async function launch(plan: RedisLaunch, run: Run): Promise<RedisProcess> {
  const folder = `/tmp/${plan.port}`
  await run(`rm -rf ${folder} && mkdir ${folder}`)
  for (const [name, content] of Object.entries(plan.files ?? {})) {
    await run(`echo ${Buffer.from(content).toString('base64')} | base64 -d > ${folder}/${name}`)
  }
  const args = redisArguments(plan, folder, '0.0.0.0').map((arg) => `'${arg}'`)
  await run(
    `cd ${folder} && { redis-server ${args.join(' ')} --protected-mode no > log 2>&1 & echo $! > pid; }`,
  )
  await ready(folder, run)
  const signal = async (name: string) =>
    void (await run(`kill -${name.replace('SIG', '')} $(cat ${folder}/pid)`))
  const end = async (name: string) => {
    await run(
      `kill -${name} $(cat ${folder}/pid) || true; while kill -0 $(cat ${folder}/pid); do sleep 0.05; done 2>/dev/null`,
    )
  }
  return {
    signal,
    readFile: async (name) => Buffer.from(await run(`base64 ${folder}/${name}`), 'base64'),
    stop: async () => await end('TERM'),
    kill: async () => await end('KILL'),
  }
}

async function ready(folder: string, run: Run): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const log = await run(`cat ${folder}/log`)
    if (redisIsReady.test(log)) return
    if (performance.now() > deadline)
      throw new Error(`Redis was not ready after ${startTimeoutMs} ms:\n${log}`)
    await run('sleep 0.1')
  }
}
