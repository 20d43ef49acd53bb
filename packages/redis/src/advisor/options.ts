import { assertOptions, type Duration, invalidOption, print, toMilliseconds } from '@freshet/core/store'

export interface AdviceOptions {
  /** How long after the store was made the servers are looked at. Default `'10s'`: starting is work enough. */
  readonly after?: Duration
  /** How often it is looked again for what only time shows. Default `'10m'`. */
  readonly every?: Duration
  /**
   * The longest that the database lets a transaction live whose client has died: PostgreSQL's `transaction_timeout`, or its
   * `statement_timeout` and `idle_in_transaction_session_timeout`; MySQL's `wait_timeout`. Default: not looked at.
   */
  readonly databaseLimit?: Duration
  /** Who uses the namespace, so that two who should not share it are noticed. Default: nobody says. */
  readonly application?: ApplicationOptions
}

export interface ApplicationOptions {
  /** The same in every process that is meant to share entries: with the environment, such as `'shop staging'`. */
  readonly name: string
  /** Of the code, or of the schema that it knows. Default: none. */
  readonly version?: string
}

export interface ResolvedAdviceOptions {
  readonly afterMs: number
  readonly everyMs: number
  readonly databaseLimitMs: number | undefined
  readonly application: ApplicationOptions | undefined
}

/**
 * `undefined`: no advice is wanted.
 *
 * @throws FreshetError INVALID_OPTION, INVALID_DURATION
 */
export function resolveAdvice(advice: AdviceOptions | false = {}): ResolvedAdviceOptions | undefined {
  if (advice === false) return undefined
  assertOptions("The option 'advice'", advice, ['after', 'every', 'databaseLimit', 'application'])
  const { after = '10s', every = '10m', databaseLimit, application } = advice
  return Object.freeze({
    afterMs: toMilliseconds(after, 'advice.after', timerLimits),
    everyMs: toMilliseconds(every, 'advice.every', timerLimits),
    databaseLimitMs:
      databaseLimit === undefined ? undefined : toMilliseconds(databaseLimit, 'advice.databaseLimit'),
    application: application === undefined ? undefined : validApplication(application),
  })
}

// What setTimeout can wait.
const timerLimits = { max: 2 ** 31 - 1 }

function validApplication(application: ApplicationOptions): ApplicationOptions {
  assertOptions("The option 'advice.application'", application, ['name', 'version'])
  const { name, version } = application
  for (const [option, text] of Object.entries({ name, version: version ?? 'none' }))
    if (typeof text !== 'string' || !/^[^\u0000-\u001f\u007f]{1,128}$/.test(text))
      throw invalidOption(
        `The option 'advice.application.${option}' must be a string of 1 to 128 characters without control characters, but ${print(text)} was given.`,
      )
  return version === undefined ? { name } : { name, version }
}
