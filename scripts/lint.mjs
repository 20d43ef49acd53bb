// oxlint over the whole project, with types, and two proofs that it worked: it saw every source file, and it finds the
// promise that scripts/canary loses.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { isSetApart, projectFiles } from './project-files.mjs'

const oxlint = createRequire(import.meta.url)
  .resolve('oxlint/package.json')
  .replace('package.json', 'bin/oxlint')
const lint = (...args) =>
  spawnSync(process.execPath, [oxlint, '--type-aware', ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })

const run = lint('--deny-warnings', ...process.argv.slice(2))
process.stdout.write(run.stdout)
process.stderr.write(run.stderr)
process.exitCode = run.status

const seen = Number(/ on (\d+) files/.exec(run.stdout)?.[1] ?? 0)
const expected = projectFiles('.ts', '.mts', '.cts', '.js', '.mjs', '.cjs').filter(
  (file) => !isSetApart(file),
).length
if (seen < expected) {
  console.error(`oxlint saw ${seen} files, but the project has ${expected}`)
  process.exitCode = 1
}

const canary = lint('-c', 'scripts/canary/oxlintrc.json', 'scripts/canary/lost-promise.ts')
if (!canary.stdout.includes('no-floating-promises')) {
  console.error(
    `oxlint did not find the lost promise in scripts/canary; it said:\n${canary.stdout}${canary.stderr}`,
  )
  process.exitCode = 1
}
