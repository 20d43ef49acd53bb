import { FreshetError } from '@freshet/core'

/** A snapshot names something that the entities of this DataSource do not have. */
export class OutdatedSnapshot extends FreshetError {
  constructor(what: string) {
    super(
      'NOT_ENCODABLE',
      `A stored result cannot be read: it holds ${what}, which the entities of this DataSource do not have. It is loaded anew.`,
    )
  }
}
