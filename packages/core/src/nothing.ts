/** Nothing was found, and that is known. */
export const isNothing = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.length === 0)
