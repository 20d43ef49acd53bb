/** Rows that an application reads through its cache, and writes. */
export interface Users {
  nameOf(id: number): Promise<string | null | undefined>
  /** By one statement that commits by itself. */
  rename(id: number, name: string): Promise<void>
  /** In a transaction; `beforeCommit` is awaited in it when its statements are done. */
  renameInTransaction(id: number, name: string, beforeCommit: () => Promise<void>): Promise<void>
}
