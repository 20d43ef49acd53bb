import { randomBytes } from 'node:crypto'

/** A name for a database that no other test uses. */
export function databaseName(): string {
  return `test_${randomBytes(8).toString('hex')}`
}
