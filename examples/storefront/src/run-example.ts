import { parseOptions, usage, UsageError } from './cli.js'
import type { Example } from './example.js'
import { createProgress } from './progress.js'
import { renderStaleAnswers } from './report/stale.js'
import { summarize } from './report/summary.js'
import { renderTable } from './report/table.js'
import { runStorefront } from './storefront.js'

/**
 * Runs an example as the process's command line asks, and sets the process's exit code: 0 if all answers were fresh, 1
 * if at least one was stale, 2 for everything that goes wrong.
 */
export async function runExample(example: Example): Promise<void> {
  try {
    process.exitCode = await run(example, process.argv.slice(2))
  } catch (error) {
    process.exitCode = 2
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${usage(example.command)}`)
    else console.error(error)
  }
}

/** The same as `args` ask, without an eye on the process: gives the exit code, and throws what goes wrong. */
export async function run(example: Example, args: readonly string[]): Promise<0 | 1> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(usage(example.command))
    return 0
  }
  const { uncached, cached, comparison } = await runStorefront(example, options, createProgress())
  const summary = summarize(uncached, cached, comparison)
  process.stderr.write(renderStaleAnswers(comparison.stale))
  process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : renderTable(summary))
  return comparison.stale.length === 0 ? 0 : 1
}
