export { analyseStatement } from './analyse.js'
export { createStatementAnalyser, type StatementAnalyser, type StatementAnalyserOptions } from './analyser.js'
export type { Catalogue, CatalogueForeignKey, CatalogueTable } from './catalogue/catalogue.js'
export {
  createLiveCatalogue,
  type CatalogueClock,
  type DefinitionChange,
  type LiveCatalogue,
  type LiveCatalogueOptions,
  type RunQuery,
} from './catalogue/live-catalogue.js'
export { createLiveGraph } from './catalogue/live-graph.js'
export { catalogueQueries, readCatalogue } from './catalogue/read-catalogue.js'
export { uniqueColumns } from './catalogue/unique-columns.js'
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
export { type SentText, valuesApart } from './values-apart.js'
export {
  knownColumns,
  type KnownColumn,
  type KnownColumns,
  numbersAmong,
  type SpeltColumn,
} from './rows/columns.js'
export type { KeyValues } from './rows/key-values.js'
export { normalValue, type NormalValue } from './rows/normal-value.js'
export type { Bound, Condition, Link, Pin, PinnedColumn } from './rows/pins.js'
export { planRead } from './rows/plan-read.js'
export { planWrite } from './rows/plan-write.js'
export {
  prepareRead,
  type EqualColumns,
  type KeyPins,
  type PlaceColumn,
  type PreparedComparison,
  type PreparedCut,
  type PreparedPlace,
  type PreparedRead,
  type PreparedShown,
  type ShownValue,
} from './rows/prepared-read.js'
export { applyRead, type TableRead } from './rows/read-pins.js'
export type { ReadPlan, ReadTable, ShownName, ShownPlace } from './rows/read-plan.js'
export type { ReturnedColumn, Returning } from './rows/returning.js'
export { createRowAnalyser, type RowAnalyser } from './rows/row-analyser.js'
export { compared, type RowCondition, type ValueOf } from './rows/row-condition.js'
export { applyWrite, type RowWrite } from './rows/row-write.js'
export {
  createStatementReads,
  planRowsRead,
  type RowRead,
  type RowsRead,
  type RowsReadPlan,
  type StatementReads,
} from './rows/rows-read.js'
export { createStatementRows, type StatementRows } from './rows/statement-rows.js'
export type { StatementValues } from './rows/statement-values.js'
export type { ValueSource } from './rows/value-source.js'
export { soundTypes, valueTypeOf, type DeclaredType, type ValueType } from './rows/value-type.js'
export type { Assignment, ConflictUpdate, ProposedRows, WritePlan } from './rows/write-plan.js'
export { createTableSets, type TableSet } from './table-set.js'
export { createWriteReach, type WriteReach } from './write-reach.js'
export {
  createWriteClosure,
  type ForeignKeyEdge,
  type ReferentialAction,
  type TableChange,
  type TableChangeAction,
  type TableGraph,
  type WriteClosure,
} from './write-closure.js'
