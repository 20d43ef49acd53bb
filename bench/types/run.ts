// What typing `cache` costs the compiler, on made schemas of 100 models with 800 calls:
//
//   npx tsx bench/types/run.ts [--short] [--rounds 3] [--models 100] [--json]
//
// Every round checks every candidate once, beginning with another one, so that whatever else the machine does falls on
// all of them. Figures are medians; a ratio is to the base of the same round. Wall-clock times of a busy machine say
// little, processor time does.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { base, candidates } from './candidates.js'
import type { Candidate } from './candidates.js'
import { check } from './compiler.js'
import type { CheckCost } from './compiler.js'
import { declarationOf, makeWorkspace, typesModule, writeProject } from './workspace.js'
import type { Workspace } from './workspace.js'

interface Row {
  readonly shape: string
  readonly candidate: string
  readonly cpuSeconds: number
  readonly cpuRatio: number
  readonly checkSeconds: number
  readonly checkRatio: number
  readonly totalSeconds: number
  readonly totalRatio: number
  readonly memoryMb: number
  readonly instantiations: number
  readonly declarationBytes: number
  readonly errors: readonly string[]
}

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    models: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds ?? 3)
const inShort = [base, 'freshet', 'freshet, cache in every read']
const measured = candidates(typesModule).filter(({ name }) => !values.short || inShort.includes(name))
const rows = (['hub', 'chain'] as const).flatMap((shape) =>
  measure(makeWorkspace(shape, Number(values.models), 'bench')),
)

const results = join(import.meta.dirname, '../results')
mkdirSync(results, { recursive: true })
writeFileSync(
  join(results, 'types.json'),
  JSON.stringify({ rounds, models: Number(values.models), rows }, undefined, 2),
)
if (values.json) console.log(JSON.stringify(rows, undefined, 2))
else print(rows)

// What may not be missed: at most 15 % above an empty extension, and no type that cannot be named.
const limit = 1.15
const ours = rows.filter(
  ({ candidate }) => candidate === 'freshet' || candidate === 'freshet, cache in every read',
)
for (const { shape, candidate, cpuRatio, errors } of ours) {
  const isReached = cpuRatio <= limit && errors.length === 0
  const result = `${cpuRatio.toFixed(3)} × ${base} (at most ${limit})`
  console.error(`${isReached ? 'reached' : 'MISSED '}  ${shape}, ${candidate}: ${result} ${errors.join(' ')}`)
  if (!isReached) process.exitCode = 1
}

function measure(workspace: Workspace): Row[] {
  const projects = measured.map((candidate, index) => writeProject(workspace, candidate, index))
  const costs = Array.from({ length: rounds }, (_, round) => checkAll(projects, round))
  return measured.map((candidate, index) => summarize(workspace, candidate, index, costs))
}

function checkAll(projects: readonly string[], round: number): CheckCost[] {
  const costs: CheckCost[] = []
  for (const offset of projects.keys()) {
    const index = (round + offset) % projects.length
    costs[index] = check(projects[index]!)
  }
  return costs
}

function summarize(
  workspace: Workspace,
  candidate: Candidate,
  index: number,
  costs: readonly CheckCost[][],
): Row {
  const baseIndex = measured.findIndex(({ name }) => name === base)
  const of = (pick: (cost: CheckCost) => number) => median(costs.map((round) => pick(round[index]!)))
  const ratio = (pick: (cost: CheckCost) => number) =>
    median(costs.map((round) => pick(round[index]!) / pick(round[baseIndex]!)))
  const declaration = declarationOf(workspace, candidate, index)
  return {
    shape: workspace.shape,
    candidate: candidate.name,
    cpuSeconds: of((cost) => cost.cpuSeconds),
    cpuRatio: ratio((cost) => cost.cpuSeconds),
    checkSeconds: of((cost) => cost.checkSeconds),
    checkRatio: ratio((cost) => cost.checkSeconds),
    totalSeconds: of((cost) => cost.totalSeconds),
    totalRatio: ratio((cost) => cost.totalSeconds),
    memoryMb: of((cost) => cost.memoryMb),
    instantiations: of((cost) => cost.instantiations),
    declarationBytes: declaration.bytes,
    errors: [...new Set([...costs.flatMap((round) => round[index]!.errors), ...declaration.errors])],
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function print(all: readonly Row[]): void {
  console.table(
    all.map((row) => ({
      shape: row.shape,
      candidate: row.candidate,
      'check s': row.checkSeconds.toFixed(2),
      '× base': row.checkRatio.toFixed(2),
      'total s': row.totalSeconds.toFixed(2),
      '× base ': row.totalRatio.toFixed(2),
      'cpu s': row.cpuSeconds.toFixed(2),
      '× base  ': row.cpuRatio.toFixed(2),
      'memory MB': Math.round(row.memoryMb),
      '.d.ts bytes': row.declarationBytes,
      errors: row.errors.join(' '),
    })),
  )
}
