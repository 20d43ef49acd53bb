import type { Statement } from '@freshet/sql'

/**
 * Where the property test takes a rule out, to see that it would find it missing. Nothing else sets these.
 */
export interface Rules {
  /** Statements that invalidate nothing. */
  skipStatement?: ((statement: Statement) => boolean) | undefined
}

export const rules: Rules = {}
