import type { StatementEffect, StatementFacts, TableName, TableWrite, TransactionControl } from './facts.js'

/** What is found while a statement is walked. */
export class Collector {
  verb = ''
  /** Decided by what was found, unless the statement says it. */
  effect: StatementEffect | undefined = undefined
  locks = false
  session = false
  commitsImplicitly = false
  temporary: TableName | undefined = undefined
  transaction: TransactionControl | undefined = undefined
  readonly reads: TableName[] = []
  readonly writes: TableWrite[] = []
  readonly calls: string[] = []

  addRead(table: TableName): void {
    if (!this.reads.some((known) => isSameTable(known, table))) this.reads.push(table)
  }

  addWrite(write: TableWrite): void {
    const index = this.writes.findIndex(
      (known) =>
        known.action === write.action &&
        known.cascade === write.cascade &&
        isSameTable(known.table, write.table),
    )
    const known = this.writes[index]
    if (known === undefined) this.writes.push(write)
    else this.writes[index] = withColumnsOf(known, write)
  }

  addCall(name: string): void {
    if (!this.calls.includes(name)) this.calls.push(name)
  }

  facts(): StatementFacts {
    return {
      verb: this.verb,
      effect: this.effect ?? (this.writes.length > 0 ? 'write' : 'read'),
      reads: this.reads,
      writes: this.writes,
      locks: this.locks,
      session: this.session,
      commitsImplicitly: this.commitsImplicitly,
      calls: this.calls,
      ...(this.temporary === undefined ? undefined : { temporary: this.temporary }),
      ...(this.transaction === undefined ? undefined : { transaction: this.transaction }),
    }
  }
}

/** One write for two of the same kind; where the columns of one are not told, neither are those of both. */
function withColumnsOf(known: TableWrite, other: TableWrite): TableWrite {
  const { columns, ...rest } = known
  if (columns === undefined || other.columns === undefined) return rest
  return { ...rest, columns: [...new Set([...columns, ...other.columns])] }
}

/** Whether two names are written alike, schema included. */
export function isSameTable(a: TableName, b: TableName): boolean {
  return a.name === b.name && a.schema === b.schema
}
