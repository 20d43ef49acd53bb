import type { FindManyOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm'

type Builder = SelectQueryBuilder<ObjectLiteral>

/** Find options as they are now. Operators and values of classes are kept as they are. */
export function copyOptions<T extends FindManyOptions<ObjectLiteral> | undefined>(options: T): T {
  return copy(options) as T
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner)]))
}

/** A builder as it is now. What TypeORM's `clone()` leaves out are the find options and what came of them. */
export function copyBuilder(builder: Builder): Builder {
  const copied = builder.clone()
  const own = builder as unknown as Record<string, unknown>
  const target = copied as unknown as Record<string, unknown>
  for (const name of Object.keys(own)) if (name !== 'expressionMap') target[name] = copy(own[name])
  const { parameters } = copied.expressionMap
  for (const [name, value] of Object.entries(parameters)) parameters[name] = copy(value)
  return copied
}
