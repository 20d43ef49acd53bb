/*
 * What an adapter for an ORM builds on: `@freshet/core/adapter`. It may change with any release; the
 * public face is `@freshet/core`.
 */
export { resolveAdapterOptions } from './adapter-options.js'
export type { ResolvedAdapterOptions } from './adapter-options.js'
export type { AskedSet } from './asked-sets.js'
export { Binding, bindOnce, claimDatabase } from './binding.js'
export type { BindingParts, DatabaseClaim, KnownTables, TouchedTables } from './binding.js'
export { encodeCanonical } from './canonical.js'
export { copyOut, prepareCopy } from './clone.js'
export { assertDependsOn, resolveDependsOn } from './depends-on.js'
export type { DeclaredDependencies, DependsOn, SchemaNames } from './depends-on.js'
export { conditionsOf } from './conditions.js'
export type {
  ConditionalChange,
  MovedValue,
  NamedSet,
  OtherAnswers,
  RowCondition,
  SeenSet,
  ShownRows,
  ToldRows,
  TrackedRow,
} from './conditions.js'
export { engineOf } from './engine.js'
export type { Engine } from './engine.js'
export type { Execution, StatementAnswer, TappedStatement } from './execution.js'
export { LoadContext } from './load-context.js'
export { all, andThen, isPromise, toPromise } from './maybe-promise.js'
export type { MaybePromise } from './maybe-promise.js'
export { assertOptions, invalidOption, nearest, print } from './options.js'
export { isServerError, provesNothingDone } from './outcome.js'
export type { CodeFamily, Outcome } from './outcome.js'
export { defaultPolicy, policyOptionNames, resolvePolicy } from './policy.js'
export type { Policy } from './policy.js'
export { allComeAfter, isBesides, movedIn, noneHas, stayOutside, wholeNumber } from './precision/besides.js'
export { areJoinedBehind, areJoinedElsewhere } from './precision/joined-rows.js'
export type { JoinedBy } from './precision/joined-rows.js'
export { WantedSets } from './precision/wanted-sets.js'
export type { TableExplanation } from './precision/explanation.js'
export { explainTables, mergeExplanations } from './precision/explanation.js'
export { JudgedTags } from './precision/judged-tags.js'
export type { KeptAt, RowsShown, ValueOfRow } from './precision/rows-elsewhere.js'
export { RowsElsewhere } from './precision/rows-elsewhere.js'
export { preciseTable, wideTable } from './precision/table-precision.js'
export type { PreciseTable, TableKeys, TablePrecision, WideTable } from './precision/table-precision.js'
export { dialectsOf } from './precision/dialect.js'
export { createStatementTags } from './precision/statement-tags.js'
export type {
  StatementTags,
  TablePrecisions,
  TableRowChange,
  WriteReach,
} from './precision/statement-tags.js'
export { isTagOf, tagTexts } from './precision/tag-texts.js'
export type { TagTexts } from './precision/tag-texts.js'
export { knownWrites } from './precision/known-writes.js'
export { createValueBucket } from './precision/value-bucket.js'
export type { ValueBucket } from './precision/value-bucket.js'
export { columnOfSet, isSameKey, watchedKey } from './precision/watched-key.js'
export type { KeyTuple, RowKey, TypedColumns, WatchedKey } from './precision/watched-key.js'
export { writeTags } from './precision/write-tags.js'
export type { RowChange } from './precision/write-tags.js'
export type { Dependencies, LateTags } from './dependencies.js'
export type { ReadInfo, ReadRequest } from './read-request.js'
export { withoutLaterLoads } from './resilience.js'
export { wholeSpaceTag } from './space.js'
export type { Dialect } from './store.js'
export { anyTable, clockTag, namesRows, tableTag } from './tag.js'
export { autocommit, endRejected } from './tapped-writes.js'
export type { TappedPlace } from './tapped-writes.js'
export { TransactionWrites } from './transaction-writes.js'
export type { CommitSteps, RollbackSteps, TransactionPlace } from './transaction-writes.js'
export type { Write } from './write.js'
export { OpenWrites } from './open-writes.js'
export { Observers } from './observers.js'
export type { WriteObserver } from './observers.js'
export { Written } from './written.js'
export { createCodec } from './codec.js'
export type { Codec, CodecOptions } from './codec.js'
export { decimalType } from './codec-types.js'
export type { CodecType } from './codec-types.js'
export { createSigner, digest } from './digest.js'
export type { Signer } from './digest.js'
