const reads: ReadonlySet<string> = new Set([
  'findUnique',
  'findUniqueOrThrow',
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'count',
  'aggregate',
  'groupBy',
])

/**
 * Whether a model operation only reads. A name that is not on the list, say of a later Prisma, is no read;
 * nor is any raw query.
 */
export function isReadOperation(operation: string): boolean {
  return reads.has(operation)
}
