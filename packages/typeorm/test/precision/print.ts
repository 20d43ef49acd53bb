/** For people, and to compare: a Map, a Date and undefined each as something else. */
export function print(value: unknown): string {
  return (
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ??
    'undefined'
  )
}

/** Rows in an order of their own, where nobody asked for one. */
export function canonical(value: unknown, isOrdered: boolean): string {
  return print(sorted(value, isOrdered))
}

function sorted(value: unknown, isOrdered: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => sorted(item, Array.isArray(item) && isOrdered))
    return isOrdered ? items : items.toSorted((a, b) => (print(a) < print(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const names = Object.keys(value).toSorted()
  return Object.fromEntries(
    names.map((name) => [name, sorted((value as Record<string, unknown>)[name], false)]),
  )
}
