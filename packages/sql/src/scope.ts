/** The names of the common table expressions that can be seen from a place in a statement. */
export interface Scope {
  readonly name: string
  readonly outer: Scope | undefined
}

/** Whether `name` is a common table expression there, and so not a table. */
export function isInScope(scope: Scope | undefined, name: string): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.name === name) return true
  return false
}
