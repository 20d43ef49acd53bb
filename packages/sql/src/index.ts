export { analyseStatement } from './analyse.js'
export { createStatementAnalyser, type StatementAnalyser, type StatementAnalyserOptions } from './analyser.js'
export type { SqlDialect } from './dialect.js'
export { endOfUnseen } from './end-of-unseen.js'
export type {
  StatementAnalysis,
  StatementEffect,
  StatementFacts,
  TableName,
  TableWrite,
  TransactionControl,
  UnderstoodSql,
  UnknownSql,
  WriteAction,
  WrittenTable,
} from './facts.js'
export { identifierTables } from './identifier-tables.js'
export { createClassifier, type Statement } from './classifier.js'
export { createTableSets, type TableSet } from './table-set.js'
export {
  createWriteClosure,
  type ForeignKeyEdge,
  type ReferentialAction,
  type TableChange,
  type TableChangeAction,
  type TableGraph,
  type WriteClosure,
} from './write-closure.js'
