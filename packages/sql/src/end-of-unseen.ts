import type { Statement } from './classifier.js'

/** The end of a transaction that was not seen to begin: nobody knows what was written in it. */
export const endOfUnseen = (statement: Statement): Statement => ({
  ...statement,
  kind: 'write',
  writes: 'unknown',
  unknownReason: 'it ends a transaction that was not seen to begin',
})
