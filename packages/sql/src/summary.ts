import { isSameTable } from './collector.js'
import type {
  StatementFacts,
  TableName,
  TableWrite,
  UnderstoodSql,
  WriteAction,
  WrittenTable,
} from './facts.js'

const insertsRows = actions('insert', 'upsert', 'replace', 'merge', 'refresh', 'create')
const updatesRows = actions('update', 'upsert', 'merge', 'refresh', 'replace')
const deletesRows = actions('delete', 'replace', 'merge', 'truncate', 'refresh')

/** Adds up the facts of all statements of one text. */
export function summarize(statements: readonly StatementFacts[]): UnderstoodSql {
  const [first] = statements
  const isOne = statements.length === 1 && first !== undefined
  return {
    kind: 'understood',
    statements,
    writesAnything: statements.some(({ effect }) => effect === 'write' || effect === 'ddl'),
    changesDefinitions: statements.some(({ effect }) => effect === 'ddl'),
    writtenTables: writtenTables(statements),
    readTables: isOne ? first.reads : distinctTables(statements.flatMap(({ reads }) => reads)),
    controlsTransaction: statements.some(({ effect, commitsImplicitly }) => {
      return effect === 'transaction' || commitsImplicitly
    }),
    session: statements.some(({ session }) => session),
    calls: isOne ? first.calls : [...new Set(statements.flatMap(({ calls }) => calls))],
  }
}

function writtenTables(statements: readonly StatementFacts[]): WrittenTable[] {
  const written: WrittenTable[] = []
  for (const { writes } of statements) for (const write of writes) addWritten(written, write)
  return written
}

function addWritten(written: WrittenTable[], { table, action, cascade }: TableWrite): void {
  const index = written.findIndex((known) => isSameTable(known.table, table))
  const known = written[index]
  const sum = {
    table,
    inserts: insertsRows.has(action) || known?.inserts === true,
    updates: updatesRows.has(action) || known?.updates === true,
    deletes: deletesRows.has(action) || known?.deletes === true,
    truncateCascades: cascade === true || known?.truncateCascades === true,
  }
  if (known === undefined) written.push(sum)
  else written[index] = sum
}

function distinctTables(tables: readonly TableName[]): TableName[] {
  return tables.filter((table, index) => tables.findIndex((other) => isSameTable(other, table)) === index)
}

function actions(...names: WriteAction[]): ReadonlySet<WriteAction> {
  return new Set(names)
}
