import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startPostgres, startRedis } from '../../test/services/index.js'
import { benchCore } from './core.js'
import type { Section } from './report.js'
import { isReached, print, save } from './report.js'
import { benchPrecisionCosts } from './precision/costs.js'
import { benchPrecision } from './precision/index.js'
import { benchPhases } from './phases.js'
import { benchPrisma, createTables } from './prisma.js'
import { benchRedis } from './redis.js'
import { countRequests } from './redis-requests.js'
import { benchInvalidation } from './redis-invalidation.js'
import { benchPressure } from './pressure/pressure.js'
import { benchStampede } from './stampede.js'
import { benchTypeormEntities } from './typeorm-entities.js'
import { benchTypeormOverhead } from './typeorm-overhead.js'
import { benchTypeormRows } from './typeorm-rows.js'
import { fill, sharedPool } from './typeorm-tables.js'

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    // Of precision alone.
    orm: { type: 'string' },
    database: { type: 'string' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string' },
    scale: { type: 'string' },
    application: { type: 'string' },
    warm: { type: 'string' },
    members: { type: 'string' },
  },
})

const scale = values.short ? 0.2 : 1
const rounds = (count: number, callsPerRound: number) => ({
  rounds: Math.max(5, Math.round(count * scale)),
  callsPerRound,
})
// Of what is held against a database's answer, which is far slower than a hit, so that it is called less often.
const warmedRounds = (count: number, callsPerRound: number, warmUpCalls = 6_000) => ({
  ...rounds(count, callsPerRound),
  warmUpCalls: Math.round(warmUpCalls * scale),
})
const wants = (name: string) => values.only === undefined || values.only === name

const sections: Section[] = []
if (wants('core')) sections.push(await benchCore(rounds(60, 20_000)))
if (wants('prisma')) {
  const postgres = await startPostgres()
  try {
    const url = await postgres.createDatabase()
    await createTables(url)
    sections.push(...(await benchPrisma(url, rounds(60, 2_000), warmedRounds(300, 50))))
  } finally {
    await postgres.stop()
  }
}
if (wants('redis')) {
  const redis = await startRedis()
  try {
    sections.push(...(await benchRedis(redis, rounds(60, 2_000))), await countRequests(redis))
  } finally {
    await redis.stop()
  }
}
if (wants('redis') || values.only === 'invalidation') {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  try {
    const url = await postgres.createDatabase()
    await createTables(url)
    const sizes = { few: 1_000, many: values.short ? 20_000 : 1_000_000 }
    sections.push(...(await benchInvalidation(redis, url, sizes, rounds(60, 200))))
  } finally {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
if (wants('pressure') || values.only === 'stampede') {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()])
  try {
    sections.push(await benchStampede(redis, await postgres.createDatabase(), 10_000))
    if (wants('pressure')) sections.push(...(await benchPressure(redis, postgres, values.short)))
  } finally {
    await Promise.all([redis.stop(), postgres.stop()])
  }
}
if (values.only === 'phases') {
  const postgres = await startPostgres()
  try {
    const urls = { prisma: await postgres.createDatabase(), typeorm: await postgres.createDatabase() }
    sections.push(...(await benchPhases(urls, warmedRounds(100, 50, 12_000))))
  } finally {
    await postgres.stop()
  }
}
if (wants('precision-costs')) sections.push(...(await benchPrecisionCosts(rounds(10_000, 200))))
// What the oracle and the mirror leave behind is as much garbage as the clients': a young generation of Node's default size is too small for all.
const roomy = '--max-semi-space-size=64'
if (wants('precision') && !process.execArgv.includes(roomy)) benchPrecisionApart()
else if (wants('precision')) {
  const { short, orm, database, application, seed } = values
  const [rows, scale, warm, members] = [values.rows, values.scale, values.warm, values.members].map(
    (given) => (given === undefined ? undefined : Number(given)),
  )
  const options = { rows, scale, warm, members, orm, database, application }
  sections.push(...(await benchPrecision({ short, ...options, seed: Number(seed) })))
}
if (wants('typeorm')) sections.push(...(await benchTypeorm()))

for (const section of sections) print(section)
if (sections.length > 0) save('runtime', sections)
if (wants('types')) benchTypes()
const missed = sections.flatMap((section) => section.goals).filter((goal) => !isReached(goal))
if (missed.length > 0) {
  console.log(`\n${missed.length} of the goals missed.`)
  process.exitCode = 1
}

async function benchTypeorm(): Promise<readonly Section[]> {
  const postgres = await startPostgres()
  const redis = await startRedis()
  const pool = sharedPool(await postgres.createDatabase())
  try {
    await fill(pool.driver)
    return [
      // First: what is compiled for the caches of the others is compiled less well for these.
      ...(await benchTypeormOverhead(pool.driver, warmedRounds(300, 40))),
      ...(await benchTypeormEntities(pool.driver, redis, rounds(60, 200))),
      ...(await benchTypeormRows(pool.driver, rounds(60, 500))),
    ]
  } finally {
    await pool.close()
    await Promise.all([postgres.stop(), redis.stop()])
  }
}

/** The same arguments, for precision alone. */
function benchPrecisionApart(): void {
  const given = process.argv.slice(2).filter((_, at, all) => all[at] !== '--only' && all[at - 1] !== '--only')
  const args = [roomy, '--import', 'tsx', fileURLToPath(import.meta.url), ...given, '--only', 'precision']
  const run = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (run.status !== 0) process.exitCode = 1
}

/** In processes of its own, each a compiler: fails if a goal is missed. */
function benchTypes(): void {
  const script = fileURLToPath(new URL('../types/run.ts', import.meta.url))
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, ...(values.short ? ['--short'] : [])], {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  if (run.status !== 0) process.exitCode = 1
}
