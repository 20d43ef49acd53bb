import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const generator = fileURLToPath(new URL('../fixtures/dmmf-generator.mjs', import.meta.url))

/** What Prisma itself makes of a schema: the data model that `prisma generate` hands to a generator. */
export async function prismaDmmf(schema: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'freshet-dmmf-'))
  try {
    const path = join(folder, 'schema.prisma')
    const own = schema.replaceAll(/^generator [^}]*\}/gm, '')
    await writeFile(
      path,
      `${own}\ngenerator dmmf {\n  provider = "node ${generator}"\n  output = "."\n  previewFeatures = ["views", "partialIndexes"]\n}\n`,
    )
    await prisma(['generate', '--schema', path], folder)
    return JSON.parse(await readFile(join(folder, 'dmmf.json'), 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function prisma(args: readonly string[], cwd: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('prisma/package.json')
  // `generate` does not run the schema engine, but downloads one unless a program is named in its place.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  await run(process.execPath, [join(dirname(manifest), 'build/index.js'), ...args], { cwd, env })
}
