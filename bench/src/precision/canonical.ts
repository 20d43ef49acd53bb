/**
 * Answers of the ORMs and of the mirror as one text: names in order, dates and numbers alike. Children are compared
 * without the numbers that the database gives them, which the mirror does not know.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(plain(value))
}

function plain(value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  const isChild = 'writtenAt' in value || 'quantity' in value
  const entries = Object.entries(value)
    .filter(([name, item]) => item !== undefined && !(isChild && (name === 'id' || name === 'orderId')))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item)]))
}
