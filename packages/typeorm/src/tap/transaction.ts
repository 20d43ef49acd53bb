import type { Written } from '@freshet/core/adapter'
import type { Statement } from '@freshet/sql'

/** One transaction on one connection. What its statements write is collected, and invalidated around the commit. */
export class Transaction {
  readonly written: Written<Statement>
  /** Written since its end was asked for, perhaps still in time to become part of it. */
  readonly late: Written<Statement>
  /** Whether the database has answered that it began. */
  begun = false
  /** Its end has been asked for. */
  ending = false
  /** The database may have ended it without being asked: from here on every write may commit by itself. */
  mayHaveEnded = false
  /** A statement was rejected without the server saying so: it may still be carried out, even after a rollback. */
  inDoubt = false

  constructor(written: () => Written<Statement>) {
    this.written = written()
    this.late = written()
  }

  /** Whether what is written now commits when this does, and not before. */
  get holdsWrites(): boolean {
    return this.begun && !this.ending && !this.mayHaveEnded
  }
}
