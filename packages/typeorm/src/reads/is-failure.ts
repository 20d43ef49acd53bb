// Raised before anything is sent: what was asked for is wrong.
const answers: ReadonlySet<unknown> = new Set([
  'EntityMetadataNotFoundError',
  'EntityNotFoundError',
  'EntityPropertyNotFoundError',
  'FindRelationsNotFoundError',
])

/** Whether an error of a query means that the database could not be asked. */
export function isFailure(error: unknown): boolean {
  return !(error instanceof Error && answers.has(error.name))
}
