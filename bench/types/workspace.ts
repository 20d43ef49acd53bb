import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCalls } from './calls.js'
import type { Candidate } from './candidates.js'
import { emitDeclarations, generateClient } from './compiler.js'
import { makeRelations, makeSchema } from './schema.js'
import type { SchemaShape } from './schema.js'

const repository = join(import.meta.dirname, '../..')
const generated = join(import.meta.dirname, 'generated')

/** How a module of a workspace imports the types of `@freshet/prisma`. */
export const typesModule = './types/packages/prisma/src/types/index.js'

/** A generated client of one shape, and beside it a TypeScript project per candidate. */
export interface Workspace {
  readonly shape: SchemaShape
  readonly models: number
  readonly folder: string
}

/** Makes the schema and generates its client. `purpose` keeps those who use workspaces at the same time apart. */
export function makeWorkspace(shape: SchemaShape, models: number, purpose: string): Workspace {
  const folder = join(generated, `${purpose}-${shape}-${models}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const schema = join(folder, 'schema.prisma')
  writeFileSync(schema, makeSchema({ shape, models, generator: 'prisma-client', output: './client' }))
  generateClient(schema)
  emitTypes(folder)
  return { shape, models, folder }
}

// An application sees declarations, which cost the compiler less than our sources. Each package is emitted by itself: what
// one imports by the other's name is foreign to the compiler, which emits nothing of it.
function emitTypes(folder: string): void {
  for (const entry of ['packages/core/src/index.ts', 'packages/prisma/src/types/index.ts']) {
    const config = join(folder, 'tsconfig.types.json')
    writeJson(config, {
      extends: join(repository, 'tsconfig.base.json'),
      compilerOptions: { rootDir: repository, outDir: join(folder, 'types') },
      files: [join(repository, entry)],
    })
    emitDeclarations(config)
  }
}

/** Writes the module and the `tsconfig` of a candidate, and answers the path of the latter. */
export function writeProject(workspace: Workspace, candidate: Candidate, index: number): string {
  const calls = makeCalls(workspace.models, makeRelations(workspace.shape, workspace.models), candidate.calls)
  return writeConfig(workspace, `calls-${index}`, moduleText(candidate, calls))
}

/** Emits the declaration of a module that only exports the candidate's client. */
export function declarationOf(
  workspace: Workspace,
  candidate: Candidate,
  index: number,
): { bytes: number; errors: string[] } {
  const name = `export-${index}`
  const errors = emitDeclarations(writeConfig(workspace, name, moduleText(candidate, '')))
  const file = join(workspace.folder, 'declarations', `${name}.d.ts`)
  return errors.length > 0 ? { bytes: 0, errors } : { bytes: statSync(file).size, errors }
}

function moduleText(candidate: Candidate, calls: string): string {
  return [
    `import { PrismaClient } from './client/client.ts'`,
    `import type { Prisma } from './client/client.ts'`,
    'declare const adapter: never',
    candidate.head,
    calls,
  ].join('\n')
}

function writeConfig(workspace: Workspace, name: string, text: string): string {
  writeFileSync(join(workspace.folder, `${name}.ts`), text)
  const config = join(workspace.folder, `tsconfig.${name}.json`)
  const compilerOptions = {
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    customConditions: [],
    paths: { '@freshet/core': ['./types/packages/core/src/index.d.ts'] },
    rootDir: workspace.folder,
    outDir: join(workspace.folder, 'declarations'),
  }
  writeJson(config, {
    extends: join(repository, 'tsconfig.base.json'),
    compilerOptions,
    files: [`${name}.ts`],
  })
  return config
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2))
}
