import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
export const schemaText = readFileSync(here('schema.prisma'), 'utf8')
export const schemaSql = readFileSync(here('schema.sql'), 'utf8')

/** Generates the client of `schema.prisma`, once for each text. */
export function generateClient(): void {
  const [client, made] = [here('generated/client/client.ts'), here('generated/schema.prisma')]
  if (existsSync(client) && existsSync(made) && readFileSync(made, 'utf8') === schemaText) return
  const script = here('../../../../scripts/prisma-generate.mjs')
  execFileSync(process.execPath, [script, '--schema', here('schema.prisma')], { cwd: here('../..') })
  writeFileSync(made, schemaText)
}
