/** Kinds of queries, as the figures are shown by them. */
export type Kind =
  | 'by key'
  | 'by key, with relations'
  | 'by key, with counts'
  | 'list of a parent'
  | 'list of a parent, with relations'
  | 'keys'
  | 'by unique text'
  | 'list by a text'
  | 'list by a relation, in pages'
  | 'newest'
  | 'most viewed'
  | 'count of a parent'
  | 'count by a relation'
  | 'aggregate of a parent'
  | 'group by'

/** The kinds whose condition names a row, or the parent of the rows. */
const pinned: ReadonlySet<Kind> = new Set<Kind>([
  'by key',
  'by key, with relations',
  'by key, with counts',
  'list of a parent',
  'list of a parent, with relations',
  'keys',
  'by unique text',
  'count of a parent',
  'aggregate of a parent',
])

export const isPinned = (kind: Kind): boolean => pinned.has(kind)

/** What the mirror knows of one query. */
export interface Fact {
  /** With its values, so that two queries that are alike have the same name. */
  readonly key: string
  readonly kind: Kind
  /** What the database would answer now; in plain values. */
  answer(): unknown
  /** A write that changes the answer is told under one of these; asked for when the answer is loaded. */
  topics(): readonly string[]
}

/** One query that is sent through the cache. */
export interface Question {
  readonly fact: Fact
  ask(): PromiseLike<unknown>
}

/** One call that writes. */
export interface Change {
  readonly name: string
  /** Through the client. */
  write(): PromiseLike<unknown>
  /** Does the same to the mirror, once it is written; gives the topics of what has changed. */
  mirror(): ReadonlySet<string>
}

/** One step of a visitor: either some questions or a change. */
export type Step = { readonly questions: readonly Question[] } | { readonly change: Change }
