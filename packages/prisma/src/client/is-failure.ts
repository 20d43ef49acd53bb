interface PrismaErrorLike {
  readonly name?: unknown
  readonly code?: unknown
}

// Nothing was found, or what was asked for cannot be: https://www.prisma.io/docs/orm/reference/error-reference
const answers: ReadonlySet<unknown> = new Set([
  'P2001',
  'P2007',
  'P2009',
  'P2012',
  'P2013',
  'P2015',
  'P2016',
  'P2018',
  'P2019',
  'P2020',
  'P2025',
  'P2033',
])

/** Whether an error of a query means that the database could not be asked. By shape: each generated client has its own copy of the classes. */
export function isFailure(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return true
  const { name, code } = error as PrismaErrorLike
  return name !== 'PrismaClientValidationError' && !answers.has(code)
}
