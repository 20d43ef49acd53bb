import { performance } from 'node:perf_hooks'
import type { Step } from './actions/action.js'
import { planVisits } from './actions/plan.js'
import type { Options } from './cli.js'
import { openSeededShop, type SeededShop } from './database.js'
import type { Example } from './example.js'
import type { Progress } from './progress.js'
import type { ComparedPass, MeasuredPass } from './report/summary.js'
import { createComparison } from './visits/compare.js'
import { createMeter } from './visits/measure.js'
import { runVisits } from './visits/run.js'

/** What the three passes over the same visits gave. */
export interface Passes {
  readonly uncached: MeasuredPass
  readonly cached: MeasuredPass
  readonly comparison: ComparedPass
}

const WARM_UP_STEPS = 300

/** Opens the shop and lets the visitors in three times, each time into a fresh copy of it. */
export async function runStorefront(example: Example, options: Options, progress: Progress): Promise<Passes> {
  const seeded = await openSeededShop(example, options.scale, progress)
  const steps = planVisits({
    seed: options.seed,
    actions: options.actions,
    writeShare: options.writes / 100,
    size: seeded.size,
  })
  const visit: Visit = { example, seeded, steps, concurrency: options.visitors, progress }
  // The first pass would otherwise pay alone for loading and compiling the ORM's code.
  await visitUncached({ ...visit, steps: steps.slice(0, WARM_UP_STEPS) }, 'Warming up')
  return {
    uncached: await visitUncached(visit, 'Visits without the cache'),
    cached: await visitCached(visit),
    comparison: await visitComparing(visit),
  }
}

interface Visit {
  readonly example: Example
  readonly seeded: SeededShop
  readonly steps: readonly Step[]
  readonly concurrency: number
  readonly progress: Progress
}

function visitUncached(visit: Visit, label: string): Promise<MeasuredPass> {
  return visit.seeded.withCopy(async (file) => {
    const meter = createMeter()
    const entrance = await visit.example.openUncached({ file, onQuery: meter.onQuery })
    const seconds = await timed(visit, label, meter.visitor(entrance.shop))
    await entrance.close()
    return { tallies: meter.tallies(), seconds }
  })
}

function visitCached(visit: Visit): Promise<MeasuredPass> {
  return visit.seeded.withCopy(async (file) => {
    const meter = createMeter()
    const { onQuery, onHit } = meter
    const entrance = await visit.example.openCached({ file, onQuery, onHit })
    const seconds = await timed(visit, 'The same visits with the cache', meter.visitor(entrance.shop))
    await entrance.close()
    return { tallies: meter.tallies(), seconds }
  })
}

function visitComparing(visit: Visit): Promise<ComparedPass> {
  return visit.seeded.withCopy(async (file) => {
    const cached = await visit.example.openCached({ file, overlapping: true })
    const direct = await visit.example.openUncached({ file })
    const comparison = createComparison(cached, direct.shop)
    await timed(visit, 'Comparing cached with direct answers', comparison.visitor)
    await Promise.all([cached.close(), direct.close()])
    return { compared: comparison.compared(), stale: comparison.stale() }
  })
}

async function timed(visit: Visit, label: string, visitor: Parameters<typeof runVisits>[2]): Promise<number> {
  visit.progress.start(label, visit.steps.length)
  const startedAt = performance.now()
  await runVisits(visit.steps, visit.concurrency, visitor, visit.progress)
  const seconds = (performance.now() - startedAt) / 1000
  visit.progress.stop()
  return seconds
}
