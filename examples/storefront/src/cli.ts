import { parseArgs } from 'node:util'

/** What the command line says. */
export interface Options {
  readonly visitors: number
  readonly actions: number
  /** Percent of the calls to the shop. */
  readonly writes: number
  readonly seed: number
  readonly scale: number
  readonly json: boolean
  readonly help: boolean
}

/** The help, for an example that is started with `command`. */
export const usage = (command: string): string => `Usage: ${command} -- [options]

Visitors browse a shop and buy, first without and then with the cache; then every cached answer is
compared with a direct one. Exits with 1 if any of them was stale.

  --visitors <n>   visitors at the same time           (default 16)
  --actions <n>    what they do altogether             (default 2500)
  --writes <n>     percent of all calls that write     (default 5)
  --seed <n>       which sequence of actions           (default 1)
  --scale <n>      size of the shop, 1 = 20,000 orders (default 1)
  --json           print the result as JSON, and nothing else, on stdout
  --help           print this
`

/** The command line cannot be understood; the message says why. */
export class UsageError extends Error {}

/** Reads the arguments after the script's name. Throws a `UsageError` for what is unknown or out of range. */
export function parseOptions(args: readonly string[]): Options {
  const values = parseStrictly(args)
  return {
    visitors: wholeNumber('visitors', values.visitors, 1, 1_000),
    actions: wholeNumber('actions', values.actions, 1, 10_000_000),
    writes: decimalNumber('writes', values.writes, 0, 100),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 32 - 1),
    scale: decimalNumber('scale', values.scale, 0.001, 20),
    json: values.json,
    help: values.help,
  }
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        visitors: { type: 'string', default: '16' },
        actions: { type: 'string', default: '2500' },
        writes: { type: 'string', default: '5' },
        seed: { type: 'string', default: '1' },
        scale: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = decimalNumber(name, text, min, max)
  if (!Number.isInteger(value)) throw new UsageError(`--${name} must be a whole number, but is '${text}'.`)
  return value
}

function decimalNumber(name: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= min && value <= max) return value
  throw new UsageError(`--${name} must be a number from ${min} to ${max}, but is '${text}'.`)
}
