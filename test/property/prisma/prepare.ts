import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Database, Schema } from '../model.js'
import { prismaText, type Generator } from './prisma-text.js'
import { schemaOf } from '../schema-of.js'

/** A schema whose client has been generated: `clientPath` is the module to import. */
export interface Prepared {
  readonly seed: string
  readonly schema: Schema
  readonly clientPath: string
}

const run = promisify(execFile)
const folder = join(import.meta.dirname, 'generated')

/**
 * Makes the schema of a seed and generates its client, once for each text. Both of Prisma's generators take
 * turns, since they give a client different run-time data.
 */
export async function prepare(seed: string, database: Database): Promise<Prepared> {
  const schema = schemaOf(seed, database)
  const generator: Generator = Number(seed) % 2 === 0 ? 'prisma-client-js' : 'prisma-client'
  const home = join(folder, schema.name)
  const text = prismaText(schema, generator, './client')
  const clientPath = join(home, 'client', generator === 'prisma-client' ? 'client.ts' : 'index.js')
  const textPath = join(home, 'schema.prisma')
  if (!existsSync(clientPath) || !existsSync(textPath) || readFileSync(textPath, 'utf8') !== text) {
    mkdirSync(home, { recursive: true })
    const draft = join(home, 'draft.prisma')
    writeFileSync(draft, text)
    await generate(draft)
    writeFileSync(textPath, text)
  }
  return { seed, schema, clientPath }
}

/** `prisma generate` asks for an engine that it does not use; naming one keeps it from a download. */
async function generate(schemaPath: string): Promise<void> {
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
  await run(process.execPath, [cli, 'generate', '--schema', schemaPath], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', ...process.env },
  })
}
