import type { Read, Write } from './binding.js'
import type { End, ManyToMany, Model } from './model.js'
import type { Random } from './random.js'

export type OrmName = 'prisma' | 'typeorm'

/** What an ORM makes of a schema: random calls, as data, with a text for reports. */
export interface Maker {
  readonly orm: OrmName
  /** What an episode is asked instead. Default: the same as all. */
  ofEpisode?(random: Random): Maker
  read(random: Random): Read
  /** A read that is easily taken for another: nearly the same call, and yet another answer. */
  relative(read: Read, random: Random): Read
  /** Another read of the same rows, so that one answer tells what becomes of the other. */
  sibling?(read: Read, random: Random): Read | undefined
  /** The relation fields that a read's arguments name. */
  reachedEnds(read: Read): End[]
  /** The models and many-to-many relations that a read depends on. */
  modelsOf(read: Read): readonly string[]
  modelWrite(model: Model, random: Random): Write
  /** Hardly ever fails, for the inside of transactions. */
  robustWrite(model: Model, random: Random): Write
  /** A new rank or name for all rows or a few. */
  plainWrite(model: Model, random: Random): Write
  /** A new value for one column of one row, one row more or one row less: what an application writes most. */
  pointWrite(model: Model, random: Random): Write
  /** A write of one row by its key, of which a read's answer asks without showing it: of a rank, of a foreign key, of the row itself. */
  decidingWrite?(read: Read, random: Random): Write | undefined
  /** Rows that have one value in a foreign key: counted, shown as a whole by an answer that is hardly there yet, and changed. */
  set?(random: Random): { readonly counted: Read; readonly shown: Read; readonly write: Write } | undefined
  /** A delete of one row or a new value for a key of one row: what foreign keys carry on to other tables. */
  keyWrite(model: Model, random: Random): Write
  /** Changes which rows belong together along a relation, and as little else as possible. */
  relationWrite(end: End, random: Random): Write
  /** @param mayLock allows TRUNCATE and DDL, which keep other connections' reads waiting */
  rawWrite(model: Model, random: Random, mayLock: boolean): Write
  /** A raw write of one row of a join table, or of all rows of one key. */
  rawJoinRow(relation: ManyToMany, random: Random): Write
  /** Adds what is gone of the rows that an episode begins with. */
  refill(random: Random): Write
  /** After it, nothing is as it was: it is sent when a schema's other steps are done. */
  readonly lastWrite?: Write
  readonly hasBatches: boolean
  /** How the transaction of a step is made. */
  transactionForm(random: Random): string
  /** What a write is an example of. */
  formOf(write: Write): string
  /** What a read is an example of. */
  kindOf(read: Read): string
  describeRead(read: Read): string
  describeWrite(write: Write): string
}
