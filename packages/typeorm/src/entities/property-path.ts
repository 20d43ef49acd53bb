/** Where a value stands in an entity: a property, or one inside of embedded objects. */
export interface PropertyPath {
  /** The embedded objects on the way, outermost first. */
  readonly parents: readonly string[]
  readonly key: string
}

/** Parted by a character that no property of an entity has in TypeORM's own paths either. */
export function pathText({ parents, key }: PropertyPath): string {
  return parents.length === 0 ? key : `${parents.join('.')}.${key}`
}

export function parsePath(text: string): PropertyPath {
  const parents = text.split('.')
  const key = parents.pop()!
  return { parents, key }
}

/** What a path leads to: the object that holds the property, or `undefined` if it ends before. */
export function holderOf(entity: object, parents: readonly string[]): Record<string, unknown> | undefined {
  let holder: unknown = entity
  for (const parent of parents) {
    if (typeof holder !== 'object' || holder === null) return undefined
    holder = (holder as Record<string, unknown>)[parent]
  }
  return typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>) : undefined
}
