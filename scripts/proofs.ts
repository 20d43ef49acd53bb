// Runs every proof in test/proofs: long runs that look for a broken promise.
//
//   npm run proofs [-- --short] [name …]
//
// A proof is a file `<name>.proof.ts` that stands alone: it is started with the arguments `--short` (or none), prints
// what it did, and exits with 1 if it found a promise broken. The last line is the count.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const folder = 'test/proofs'
const suffix = '.proof.ts'

const { values, positionals } = parseArgs({ options: { short: { type: 'boolean' } }, allowPositionals: true })

const names = existsSync(folder)
  ? readdirSync(folder)
      .filter((file) => file.endsWith(suffix))
      .map((file) => file.slice(0, -suffix.length))
  : []
const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0)
  throw new Error(`there is no proof ${unknown.join(', ')}; there are: ${names.join(', ') || 'none'}`)

const chosen = positionals.length > 0 ? positionals : names
const failed = chosen.filter((name) => !holds(name))
for (const name of failed) console.log(`the proof '${name}' failed`)
console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0

function holds(name: string): boolean {
  console.log(`proof ${name}`)
  const args = ['--conditions=@freshet/source', '--import', 'tsx', join(folder, `${name}${suffix}`)]
  return (
    spawnSync(process.execPath, values.short === true ? [...args, '--short'] : args, { stdio: 'inherit' })
      .status === 0
  )
}
