/**
 * Every situation in which Freshet itself raises an error, as a literal.
 * `docs/errors.md` has a row for each; a test compares the two.
 */
export type FreshetErrorCode =
  | 'INVALID_OPTION'
  | 'INVALID_DURATION'
  | 'CONTRADICTORY_OPTIONS'
  | 'INVALID_KEY'
  | 'INVALID_TAG'
  | 'INVALID_VECTOR'
  | 'INVALID_LOADER_RESULT'
  | 'NOT_ENCODABLE'
  | 'LOAD_TIMEOUT'
  | 'STORE_TIMEOUT'
  | 'STORE_UNAVAILABLE'
  | 'WRITE_REFUSED'
  | 'WRITES_NOT_VISIBLE'
  | 'UNSUPPORTED_CLIENT'
  | 'UNSUPPORTED_CONSISTENCY'
  | 'SWITCH_FAILED'
  | 'NOT_CONFIGURED'
  | 'ALREADY_INSTALLED'
  | 'SECOND_DATABASE'
  | 'INVALID_CACHE_ARGUMENT'

export interface FreshetErrorOptions {
  readonly cause?: unknown
}

// The brand is registered globally so that two installed copies of the package, or its ESM and its
// CommonJS build in one process, recognise each other's errors.
const brand = Symbol.for('freshet.error')

/**
 * The one error class of Freshet.
 *
 * `message` says what happened, what was given and what to do; `code` is stable and made for `switch`.
 */
export class FreshetError extends Error {
  override readonly name: string = 'FreshetError'
  readonly code: FreshetErrorCode
  readonly [brand] = true

  constructor(code: FreshetErrorCode, message: string, options: FreshetErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
  }

  /** Prisma makes an error of its own of one that has a code, and keeps the message, the code and this. */
  get meta(): object {
    return { [brand]: true }
  }
}

interface Meta {
  readonly meta?: unknown
}

const isBranded = (value: unknown): boolean => typeof value === 'object' && value !== null && brand in value

/**
 * Whether `error` was raised by Freshet (any installed copy), and, if `code` is given, with that code. Also where Prisma has
 * put it into a PrismaClientKnownRequestError.
 *
 * @example
 * try { createCache({ ttl: -1 }) } catch (error) { if (isFreshetError(error, 'INVALID_DURATION')) … }
 */
export function isFreshetError(error: unknown, code?: FreshetErrorCode): error is FreshetError {
  if (typeof error !== 'object' || error === null || !(isBranded(error) || isBranded((error as Meta).meta)))
    return false
  return code === undefined || (error as FreshetError).code === code
}
