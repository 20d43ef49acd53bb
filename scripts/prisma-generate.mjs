// Generates the Prisma clients of the workspace that calls it:
//
//   node ../../scripts/prisma-generate.mjs --schema prisma/schema.prisma [--schema …] [--if-missing <path>]
//
// With --if-missing nothing is done when that path exists. Nothing is written to stdout, so that a command which
// prints JSON can generate first.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { schema: { type: 'string', multiple: true }, 'if-missing': { type: 'string' } },
})
const schemas = values.schema ?? []
if (schemas.length === 0) throw new Error('no schema was named; call with --schema prisma/schema.prisma')

if (values['if-missing'] === undefined || !existsSync(values['if-missing'])) {
  for (const schema of schemas) generate(schema)
}

function generate(schema) {
  const prisma = createRequire(join(process.cwd(), 'package.json')).resolve('prisma/build/index.js')
  const run = spawnSync(process.execPath, [prisma, 'generate', '--no-hints', '--schema', schema], {
    encoding: 'utf8',
    env: environment(),
  })
  if (run.status === 0) return
  process.stderr.write(`${run.stdout}${run.stderr}`)
  throw new Error(`prisma generate failed for ${schema} (exit code ${run.status})`, { cause: run.error })
}

// `prisma generate` looks for the schema engine and downloads it if there is none, but never runs it. Naming any
// program in its place avoids a download that fails where the network is closed.
function environment() {
  const engine = process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? programNamed('true')
  return {
    ...process.env,
    ...(engine === undefined ? {} : { PRISMA_SCHEMA_ENGINE_BINARY: engine }),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
}

function programNamed(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))
}
