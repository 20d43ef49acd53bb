import { parseOptions, USAGE, UsageError } from './cli.js'
import { createProgress } from './progress.js'
import { renderStaleAnswers } from './report/stale.js'
import { summarize } from './report/summary.js'
import { renderTable } from './report/table.js'
import { runStorefront } from './storefront.js'

/** Gives the exit code: 0 if all answers were fresh, 1 if at least one was stale. Code 2 is for everything that goes wrong. */
async function main(args: readonly string[]): Promise<0 | 1> {
  const options = parseOptions(args)
  if (options.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const { uncached, cached, comparison } = await runStorefront(options, createProgress())
  const summary = summarize(uncached, cached, comparison)
  process.stderr.write(renderStaleAnswers(comparison.stale))
  process.stdout.write(options.json ? `${JSON.stringify(summary, null, 2)}\n` : renderTable(summary))
  return comparison.stale.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = 2
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${USAGE}`)
  else console.error(error)
}
