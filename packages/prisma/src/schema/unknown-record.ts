/*
 * Prisma's data models are internals whose shape nobody promises: they are read as `unknown`, and what is
 * not as expected is not there.
 */

export type UnknownRecord = Readonly<Record<string, unknown>>

export function recordOf(value: unknown): UnknownRecord | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as UnknownRecord)
    : undefined
}

export function recordsOf(value: unknown): UnknownRecord[] {
  return Array.isArray(value) ? value.map(recordOf).filter((record) => record !== undefined) : []
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
