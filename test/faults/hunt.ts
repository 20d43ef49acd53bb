// Leaves rules out of the sources, one at a time, and sees the tests fail that are there for them.
//
//   npx tsx --conditions=@freshet/source test/faults/hunt.ts [part of a test's or a rule's name …]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shown, type Shown } from './shown.js'

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const parts = process.argv.slice(2)
const wanted = shown.filter(
  ({ mutant, test }) =>
    parts.length === 0 || parts.some((part) => mutant.includes(part) || test.includes(part)),
)
const survivors = wanted.filter((one) => !isFound(one))
console.log(`${wanted.length - survivors.length} of ${wanted.length} missing rules found`)
process.exitCode = survivors.length > 0 || wanted.length === 0 ? 1 : 0

function isFound({ mutant, file, test }: Shown): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-faults-'))
  const report = join(folder, 'report.json')
  try {
    const args = [
      'vitest',
      'run',
      `test/faults/${file}`,
      '-t',
      test,
      '--reporter=json',
      `--outputFile=${report}`,
    ]
    spawnSync('npx', args, { env: { ...process.env, FAULTS_WITHOUT: mutant }, stdio: 'ignore' })
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as VitestReport
    const results = testResults.flatMap(({ assertionResults }) => assertionResults)
    const failed = results.filter(({ status }) => status === 'failed')
    const run = results.filter(({ status }) => status === 'failed' || status === 'passed')
    console.log(`${failed.length} of ${run.length} failed without '${mutant}': ${file}, ${test}`)
    for (const { failureMessages } of failed) console.log(`    ${failureMessages[0]?.split('\n')[0]}`)
    return failed.length > 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
