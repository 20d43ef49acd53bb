import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
const prisma = require.resolve('prisma/build/index.js')

/** What one run of the compiler cost and said. */
export interface CheckCost {
  /** Processor time of the whole run, all threads: the figure that suffers least from what else the machine does. */
  readonly cpuSeconds: number
  readonly checkSeconds: number
  readonly totalSeconds: number
  readonly memoryMb: number
  readonly instantiations: number
  /** As `TS2321`, each as often as it occurred. */
  readonly errors: readonly string[]
}

/** Type-checks a project with `tsc --extendedDiagnostics`. */
export function check(config: string): CheckCost {
  const said = compile(['-p', config, '--noEmit', '--extendedDiagnostics'])
  return {
    cpuSeconds: childrenCpuSeconds(said),
    checkSeconds: figure(said, 'Check time'),
    totalSeconds: figure(said, 'Total time'),
    memoryMb: figure(said, 'Memory used') / 1024,
    instantiations: figure(said, 'Instantiations'),
    errors: [...said.matchAll(/error (TS\d+)/g)].map(([, code]) => code ?? ''),
  }
}

/** Emits the declarations of a project and answers what the compiler complained of. */
export function emitDeclarations(config: string): string[] {
  const said = compile(['-p', config, '--noEmit', 'false', '--emitDeclarationOnly'])
  return [...said.matchAll(/error (TS\d+)/g)].map(([, code]) => code ?? '')
}

/** Generates the client of a schema. No engine is downloaded for it. */
export function generateClient(schema: string): void {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [prisma, 'generate', '--no-hints', '--schema', schema],
    {
      encoding: 'utf8',
      env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' },
    },
  )
  if (status !== 0) throw new Error(`prisma generate failed for ${schema}:\n${stdout}${stderr}`)
}

// The shell's `times` says what its children have used; Node.js cannot say that of a process that it spawned.
function compile(args: readonly string[]): string {
  const command = [process.execPath, compiler, '--pretty', 'false', ...args]
  const { stdout, error } = spawnSync('sh', ['-c', '"$@"; times', 'sh', ...command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error !== undefined) throw error
  return stdout
}

function childrenCpuSeconds(said: string): number {
  const ofChildren = said.trimEnd().split('\n').at(-1) ?? ''
  return [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  )
}

function figure(said: string, name: string): number {
  const [, value] = new RegExp(`${name}:\\s+([\\d.]+)`).exec(said) ?? []
  if (value === undefined) throw new Error(`the compiler printed no "${name}":\n${said.slice(0, 2_000)}`)
  return Number(value)
}
