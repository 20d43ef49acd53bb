// tsc over the whole project, and a proof that it saw every TypeScript file.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { isSetApart, projectFiles } from './project-files.mjs'

const tsc = createRequire(import.meta.url)
  .resolve('typescript/package.json')
  .replace('package.json', 'bin/tsc')
const run = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json', '--listFiles', '--pretty', 'false'], {
  encoding: 'utf8',
  maxBuffer: 64 * 2 ** 20,
})
const lines = run.stdout.split('\n').filter((line) => line !== '')
// --listFiles prints a path on a line of its own, a message names its position: file.ts(1,2).
const isListed = (line) => /^(\/|[A-Z]:).*\.[cm]?ts$/.test(line)
const messages = lines.filter((line) => !isListed(line))
const seen = new Set(
  lines.filter(isListed).map((path) => relative(process.cwd(), path).replaceAll('\\', '/')),
)
const unseen = projectFiles('.ts', '.mts', '.cts').filter((file) => !isSetApart(file) && !seen.has(file))

if (messages.length > 0) console.error(messages.join('\n'))
process.stderr.write(run.stderr)
if (unseen.length > 0) console.error(`tsc did not see: ${unseen.join(', ')}; see "include" in tsconfig.json`)
console.log(`tsc: ${[...seen].filter((file) => !file.includes('node_modules')).length} files of the project`)
process.exitCode = unseen.length > 0 ? 1 : run.status
