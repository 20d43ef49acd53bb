import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { candidates } from '../../../../bench/types/candidates.js'
import { check } from '../../../../bench/types/compiler.js'
import {
  declarationOf as declarationOfCandidate,
  makeWorkspace,
  typesModule,
  writeProject,
} from '../../../../bench/types/workspace.js'
import type { Workspace } from '../../../../bench/types/workspace.js'

const folder = import.meta.dirname
const generated = join(folder, 'generated')
const repository = join(folder, '../../../..')
const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')

const common = ['answers.test-d.ts', 'arguments.test-d.ts', 'exported.test-d.ts', 'faces.test-d.ts']
const all = [...common, 'shared-types.test-d.ts']

/** Where a generator's client imports Prisma's run-time types from decides which of the two ways of typing applies. */
const clients = [
  { name: 'prisma-client', client: 'client/client.ts', files: all, declarationBytes: 4_000 },
  {
    name: 'prisma-client-js in its own place',
    client: 'client-js-shared/index.d.ts',
    files: all,
    declarationBytes: 4_000,
  },
  {
    name: 'prisma-client-js with an output',
    client: 'client-js/index.d.ts',
    files: common,
    declarationBytes: 100_000,
  },
  {
    name: 'prisma-client-js with an output and a declaration',
    client: 'client-js/index.d.ts',
    files: [...all, 'copied-types.d.ts'],
    declarationBytes: 4_000,
  },
]

beforeAll(() => {
  run(join(repository, 'scripts/prisma-generate.mjs'), ['--schema', join(folder, 'schema.prisma')])
  shareRuntimeTypes()
}, 180_000)

describe.each(clients)('a client of $name', ({ name, client, files, declarationBytes }) => {
  const project = name.replaceAll(' ', '-')
  const output = join(generated, 'declarations', project)
  let complaints = ''

  beforeAll(() => {
    complaints = compile(project, { client, files, output })
  }, 180_000)

  it('satisfies every assertion on its types, and its declaration can be emitted', () => {
    expect(complaints).toBe('')
  })

  it('is declared in few bytes when a module exports it', () => {
    expect(declarationOf(output).length).toBeLessThan(declarationBytes)
  })

  it('is declared with names that the package exports', () => {
    const exported = readFileSync(join(folder, '../../src/types/index.ts'), 'utf8')
    const names = [...declarationOf(output).matchAll(/import\("[^"]*src\/types\/[^"]*"\)\.(\w+)/g)].map(
      ([, name]) => name,
    )
    expect(names.length).toBeGreaterThan(0)
    for (const name of new Set(names)) expect(exported).toMatch(new RegExp(`\\b${name}\\b`))
  })
})

describe.each(['hub', 'chain'] as const)('a %s of 100 models', (shape) => {
  const candidate = candidates(typesModule).find(({ calls }) => calls === 'cache-argument')!
  let workspace: Workspace

  beforeAll(() => {
    workspace = makeWorkspace(shape, 100, 'test')
  }, 180_000)

  it('is type-checked with ready-made arguments and with cache in every read', () => {
    expect(new Set(check(writeProject(workspace, candidate, 0)).errors)).toEqual(new Set())
  }, 180_000)

  it('is declared in few bytes when a module exports it', () => {
    const { bytes, errors } = declarationOfCandidate(workspace, candidate, 0)
    expect(errors).toEqual([])
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(1_000)
  }, 180_000)
})

// Generated without an output, the client is the same but for this one import. It would land in the node_modules that
// all tests share, so it is made from the one with an output.
function shareRuntimeTypes(): void {
  const target = join(generated, 'client-js-shared')
  mkdirSync(target, { recursive: true })
  cpSync(join(generated, 'client-js/package.json'), join(target, 'package.json'))
  const declarations = readFileSync(join(generated, 'client-js/index.d.ts'), 'utf8')
  const shared = declarations.replaceAll(`'./runtime/client.js'`, `'@prisma/client/runtime/client.js'`)
  if (shared === declarations) throw new Error('the generated client does not import its runtime as expected')
  writeFileSync(join(target, 'index.d.ts'), shared)
}

function compile(
  project: string,
  options: { readonly client: string; readonly files: readonly string[]; readonly output: string },
): string {
  const config = {
    extends: join(repository, 'tsconfig.base.json'),
    compilerOptions: {
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: true,
      noEmit: false,
      emitDeclarationOnly: true,
      rootDir: repository,
      outDir: options.output,
      paths: { '#client': [`./${options.client}`] },
    },
    files: options.files.map((name) => `../${name}`),
  }
  const file = join(generated, `tsconfig.${project}.json`)
  writeFileSync(file, JSON.stringify(config, undefined, 2))
  const said = run(compiler, ['--pretty', 'false', '-p', file], { failing: true })
  // The core is checked with its own package.
  return said.replaceAll(/^\S*packages\/core\/.*(\n .*)*\n/gm, '')
}

function declarationOf(output: string): string {
  return readFileSync(join(output, 'packages/prisma/test/types/exported.test-d.d.ts'), 'utf8')
}

function run(script: string, args: readonly string[], { failing = false } = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: join(folder, '../..'),
    encoding: 'utf8',
  })
  if (status !== 0 && !failing) throw new Error(`${script} failed:\n${stdout}${stderr}`)
  return stdout
}
