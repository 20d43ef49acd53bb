// prettier over every file of the project that it knows how to format.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { projectFiles } from './project-files.mjs'

const require = createRequire(import.meta.url)
const prettier = require.resolve('prettier/package.json').replace('package.json', 'bin/prettier.cjs')
const files = projectFiles('.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '.md', '.yml', '.yaml')
const run = spawnSync(process.execPath, [prettier, '--check', ...files], { stdio: 'inherit' })
console.log(`prettier: ${files.length} files`)
process.exitCode = run.status
