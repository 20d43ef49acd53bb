import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OrmName } from './maker.js'
import type { Mutant } from './mutant.js'
import { mutantsOf } from './mutants.js'

/** Within so many steps every mutant must have shown itself. */
const HUNT_STEPS = 5000

const packages = join(import.meta.dirname, '../../packages')

/** The patches whose text does not stand exactly once in its file: the sources have moved on, and they must follow. */
export function misfits(): string[] {
  const mutants = new Set([...mutantsOf('prisma'), ...mutantsOf('typeorm')])
  return [...mutants].flatMap(({ name, patches }) =>
    patches.flatMap(({ file, find }) => {
      const path = join(packages, file)
      const times = existsSync(path) ? readFileSync(path, 'utf8').split(find).length - 1 : 0
      return times === 1 ? [] : [`${name}: ${file} holds ${times} times: ${find}`]
    }),
  )
}

/** Hunts mutants by parts of their names, with commas between, or `all` of them. Returns the exit code: 0 if every one was found. */
export async function huntMutants(orm: OrmName, name: string, server: string): Promise<number> {
  const parts = name.split(',')
  const mutants = mutantsOf(orm)
  const wanted = mutants.filter(
    (mutant) => name === 'all' || parts.some((part) => mutant.name.includes(part)),
  )
  if (wanted.length === 0) {
    console.error(
      `There is no mutant '${name}'. There are: ${mutants.map((mutant) => mutant.name).join(', ')}.`,
    )
    return 2
  }
  const unfit = misfits()
  if (unfit.length > 0) {
    console.error(['These patches must fit once:', ...unfit].join('\n'))
    return 2
  }
  const control = await hunt(orm, { name: 'none', rule: 'nothing is missing', patches: [] }, server)
  if (control.found || !/^\d+ steps/m.test(control.output)) {
    console.error(`With no rule taken out the test must find nothing, but:\n${control.output}`)
    return 1
  }
  let survivors = 0
  for (const mutant of wanted) {
    const startedAt = Date.now()
    const { found, output } = await hunt(orm, mutant, server)
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
    const steps = /^(\d+) steps/m.exec(output)?.[1] ?? '?'
    if (!found) survivors++
    console.log(
      `${found ? 'found after' : 'SURVIVED'} ${steps} steps, ${seconds} s: ${mutant.name} (${mutant.rule})`,
    )
    if (wanted.length === 1 || (!found && !steps.match(/\d/))) console.log(output)
  }
  console.log(`${wanted.length - survivors} of ${wanted.length} mutants found`)
  return survivors === 0 ? 0 : 1
}

/** Each mutant gets a process of its own, since its sources are others. */
export function hunt(
  orm: OrmName,
  mutant: Mutant,
  server: string,
): Promise<{ found: boolean; output: string }> {
  const patches = mutant.patches.map((patch) => ({ ...patch, path: join(packages, patch.file) }))
  const args = [
    '--conditions=@freshet/source',
    `--import=${join(import.meta.dirname, 'mutant-loader.mjs')}`,
    '--import=tsx',
    join(import.meta.dirname, 'run.ts'),
    '--orm',
    orm,
    '--server',
    server,
    '--steps',
    String(HUNT_STEPS),
    '--concurrent',
    '0',
    '--long',
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
