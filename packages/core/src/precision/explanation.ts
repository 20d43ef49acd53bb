/** What an answer depends on in one table, for people. */
export interface TableExplanation {
  /** The table's tag. */
  readonly table: string
  /** `table`: any write to it stops the answer. */
  readonly precision: 'row' | 'table'
  readonly tags: readonly string[]
  /** Why writes stop it that need not, each once. */
  readonly reasons: readonly string[]
}
