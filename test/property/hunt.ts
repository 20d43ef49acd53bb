import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OrmName } from './maker.js'
import type { Database } from './model.js'
import type { Mutant } from './mutant.js'
import { mutantsOf } from './mutants.js'
import { NARROW } from './narrow-schema.js'
import { narrowMutants, precisionMutants } from './precision-mutants.js'
import { TINY } from './tiny-schema.js'
import { Stalled } from './watchdog.js'

/** How mutants are hunted. */
export interface HuntOptions {
  readonly orm: OrmName
  /** A server of the database. */
  readonly server: string
  readonly database?: Database
  /** In place of the random schemas. */
  readonly schema?: string | undefined
  /** Within so many steps a mutant must show itself. By default 5000. */
  readonly steps?: number | undefined
  /** By default one. */
  readonly seeds?: readonly string[]
}

const packages = join(import.meta.dirname, '../../packages')

/** The patches whose text does not stand exactly once in its file: the sources have moved on, and they must follow. */
export function misfits(
  mutants: readonly Mutant[] = [
    ...new Set(
      (['prisma', 'typeorm'] as const).flatMap((orm) => [
        ...mutantsOf(orm),
        ...precisionMutants(orm),
        ...narrowMutants(orm),
      ]),
    ),
  ],
): string[] {
  return mutants.flatMap(({ name, patches }) =>
    patches.flatMap(({ file, find }) => {
      const path = join(packages, file)
      const times = existsSync(path) ? readFileSync(path, 'utf8').split(find).length - 1 : 0
      return times === 1 ? [] : [`${name}: ${file} holds ${times} times: ${find}`]
    }),
  )
}

/** Hunts mutants by parts of their names, with commas between, or `all` of them. Returns the exit code: 0 if every one was found. */
export async function huntMutants(options: HuntOptions, name: string): Promise<number> {
  const parts = name.split(',')
  const mutants = mutantsFor(options)
  const wanted = mutants.filter(
    (mutant) => name === 'all' || parts.some((part) => mutant.name.includes(part)),
  )
  if (wanted.length === 0) {
    console.error(
      `There is no mutant '${name}'. There are: ${mutants.map((mutant) => mutant.name).join(', ')}.`,
    )
    return 2
  }
  const unfit = misfits(wanted)
  if (unfit.length > 0) {
    console.error(['These patches must fit once:', ...unfit].join('\n'))
    return 2
  }
  const control = await hunt(options, { name: 'none', rule: 'nothing is missing', patches: [] })
  if (control.found || !/^\d+ steps/m.test(control.output)) {
    console.error(`With no rule taken out the test must find nothing, but:\n${control.output}`)
    return 1
  }
  const survivors: string[] = []
  for (const mutant of wanted) {
    if (!(await huntOne(options, mutant, wanted.length === 1))) survivors.push(mutant.name)
  }
  console.log(`${wanted.length - survivors.length} of ${wanted.length} mutants found`)
  for (const survivor of survivors) console.log(`  not found: ${survivor}`)
  return survivors.length === 0 ? 0 : 1
}

function mutantsFor({ orm, schema }: HuntOptions): readonly Mutant[] {
  if (schema === NARROW) return narrowMutants(orm)
  return schema === TINY ? precisionMutants(orm) : mutantsOf(orm)
}

/** With one seed after the other until the mutant is found. */
async function huntOne(options: HuntOptions, mutant: Mutant, isTold: boolean): Promise<boolean> {
  const startedAt = Date.now()
  for (const seed of options.seeds ?? ['1']) {
    const { found, output } = await hunt(options, mutant, seed)
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
    const isStalled = output.includes(Stalled.name)
    // The last of the lines that tell how far it came.
    const steps = [...output.matchAll(/^(\d+) steps/gm)].at(-1)?.[1] ?? '?'
    const ending = isStalled ? 'STALLED after' : found ? 'found after' : 'SURVIVED'
    console.log(`${ending} ${steps} steps of seed ${seed}, ${seconds} s: ${mutant.name} (${mutant.rule})`)
    if (isTold || isStalled || (!found && steps === '?')) console.log(output)
    if (found) return true
  }
  return false
}

/** Each mutant gets a process of its own, since its sources are others. */
export function hunt(
  { orm, server, database = 'postgresql', schema, steps = 5000 }: HuntOptions,
  mutant: Mutant,
  seed = '1',
): Promise<{ found: boolean; output: string }> {
  const patches = mutant.patches.map((patch) => ({ ...patch, path: join(packages, patch.file) }))
  const args = [
    '--conditions=@freshet/source',
    `--import=${join(import.meta.dirname, 'mutant-loader.mjs')}`,
    '--import=tsx',
    join(import.meta.dirname, 'run.ts'),
    `--orm=${orm}`,
    `--server=${server}`,
    `--database=${database}`,
    `--seed=${seed}`,
    `--steps=${steps}`,
    '--concurrent=0',
    '--long',
    ...(schema === undefined ? [] : [`--schema=${schema}`]),
  ]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, PROPERTY_TEST_PATCHES: JSON.stringify(patches) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output += data.toString()))
  return new Promise((resolve) => {
    child.on('close', (code) =>
      resolve({ found: code === 1 && output.includes('A cached answer differs'), output }),
    )
  })
}
