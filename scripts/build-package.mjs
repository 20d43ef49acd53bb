// Builds the package in the current folder, as its package.json says:
//
//   exports["…"]["@freshet/source"] = ./src/<name>.ts  →  dist/esm/<name>.js, dist/cjs/<name>.js and their .d.ts
//
// Both formats come from one build, so that they cannot differ. Dependencies and peers stay imports.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const formats = ['esm', 'cjs']
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const sources = Object.values(manifest.exports)
  .map((target) => target['@freshet/source'])
  .filter((source) => source !== undefined)
const entries = Object.fromEntries(sources.map((source) => [basename(source, '.ts'), source]))

// What is neither ours nor declared would be copied into the package.
const refuseForeignCode = {
  name: 'refuse-foreign-code',
  load(id) {
    if (id.includes('/node_modules/'))
      throw new Error(`${manifest.name} imports ${id} without declaring a dependency`)
  },
}

if (sources.length === 0)
  throw new Error(`${manifest.name} names no entry with the condition @freshet/source`)

rmSync('dist', { recursive: true, force: true })
await bundle()
declare()
for (const format of formats) {
  for (const name of Object.keys(entries))
    mustExist(`dist/${format}/${name}.js`, `dist/${format}/${name}.d.ts`)
}
console.log(`${manifest.name}: ${Object.keys(entries).join(', ')} as ${formats.join(' and ')}`)

async function bundle() {
  const outside = [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]
  const build = await rolldown({
    input: entries,
    platform: 'node',
    external: (id) =>
      id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(`${manifest.name}: ${log.message}`)
    },
    plugins: [refuseForeignCode],
  })
  for (const format of formats) {
    await build.write({
      dir: `dist/${format}`,
      format,
      sourcemap: true,
      entryFileNames: '[name].js',
      chunkFileNames: 'shared.js',
      exports: 'named',
    })
  }
  await build.close()
  // The package is "type": "module"; this makes the folder CommonJS.
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
}

// TypeScript 7 has no programming interface, so its command line writes the declarations, once, with the workspace's
// own options except the condition that would pull the other packages' sources into the build.
function declare() {
  const config = resolve('dist/tsconfig.json')
  const options = {
    extends: '../../../tsconfig.base.json',
    compilerOptions: {
      noEmit: false,
      emitDeclarationOnly: true,
      declarationMap: true,
      sourceMap: false,
      customConditions: [],
      rootDir: '../src',
      outDir: 'esm',
    },
    files: sources.map((source) => `../${source}`),
  }
  mkdirSync('dist', { recursive: true })
  writeFileSync(config, JSON.stringify(options))
  execFileSync(process.execPath, [typescript(), '-p', config], { stdio: 'inherit' })
  rmSync(config)
  // The declarations are the same for both: the package.json beside them says which module system they describe.
  cpSync('dist/esm', 'dist/cjs', { recursive: true, filter: (path) => !/\.js(\.map)?$/.test(path) })
}

function typescript() {
  const require = createRequire(import.meta.url)
  return resolve(require.resolve('typescript/package.json'), '../bin/tsc')
}

function mustExist(...paths) {
  for (const path of paths) if (!existsSync(path)) throw new Error(`${manifest.name}: ${path} was not built`)
}
