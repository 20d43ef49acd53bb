/**
 * Makes entities refuse every change, with their lists of relations, embedded objects and plain values. What cannot be
 * frozen stays as it is: dates, bytes, maps and sets.
 *
 * A lazy relation that has not been loaded can still be: what TypeORM keeps of it on the entity stays open.
 */
export function freezeEntities(entities: readonly object[]): void {
  const all = new Set(entities)
  for (const entity of entities) {
    for (const value of Object.values(entity)) freezeValue(value, all)
    freezeEntity(entity)
  }
}

function freezeEntity(entity: object): void {
  const own = Object.entries(Object.getOwnPropertyDescriptors(entity))
  const lazy = own.flatMap(([name, { get }]) => (get === undefined ? [] : [{ name, get }]))
  if (lazy.length === 0) {
    Object.freeze(entity)
    return
  }
  const open = new Set(lazy.flatMap(({ name }) => [`__${name}__`, `__has_${name}__`, `__promise_${name}__`]))
  for (const { name, get } of lazy) Object.defineProperty(entity, name, { get, set: refuse(name) })
  for (const name of Object.keys(entity)) {
    if (!open.has(name)) Object.defineProperty(entity, name, { writable: false, configurable: false })
  }
}

function refuse(name: string): () => never {
  return () => {
    throw new TypeError(`Cannot assign to the relation '${name}': the entity may be stale, and is frozen.`)
  }
}

function freezeValue(value: unknown, entities: ReadonlySet<object>): void {
  if (typeof value !== 'object' || value === null || entities.has(value) || Object.isFrozen(value)) return
  if (value instanceof Date || ArrayBuffer.isView(value) || value instanceof Map || value instanceof Set)
    return
  Object.freeze(value)
  for (const inner of Object.values(value)) freezeValue(inner, entities)
}
