// What typing `cache` costs the compiler, on made schemas of 100 models with 800 calls:
//
//   npx tsx bench/types/run.ts [--short] [--rounds 5] [--models 100] [--json]
//
// Every round checks every candidate once, so that whatever else the machine does falls on all of them. Figures are
// medians; the ratio is that of each round to the base's of the same round.
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
const rounds = Number(values.rounds ?? (values.short ? 3 : 5))
const measured = candidates(typesModule).filter(
  ({ name }) => !values.short || name === base || name.startsWith('freshet'),
)
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

function measure(workspace: Workspace): Row[] {
  const projects = measured.map((candidate, index) => writeProject(workspace, candidate, index))
  const costs: CheckCost[][] = Array.from({ length: rounds }, () => projects.map(check))
  return measured.map((candidate, index) => summarize(workspace, candidate, index, costs))
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
