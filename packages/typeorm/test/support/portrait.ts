import { Money } from './entities.js'

/**
 * Everything that can be seen of a value from outside, as plain data: classes, the order of keys, accessors, hidden
 * properties, and which entities are one object. (TypeORM also shares a list of ids between two copies of one row.)
 */
export function portrait(value: unknown): unknown {
  return portraitOf(value, new Map())
}

function portraitOf(value: unknown, seen: Map<object, number>): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (typeof value === 'function') return { function: value.name }
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : value
  const known = seen.get(value)
  if (known !== undefined) return { seen: known }
  if (!Array.isArray(value)) seen.set(value, seen.size)
  if (value instanceof Date) return { date: value.getTime() }
  if (value instanceof Money) return { money: value.cents }
  if (value instanceof Uint8Array) return { [value.constructor.name]: [...value] }
  const prototype = Object.getPrototypeOf(value) as object | null
  return {
    class: prototype === null ? null : prototype.constructor.name,
    properties: Reflect.ownKeys(value).map((key) => [
      String(key),
      propertyOf(Object.getOwnPropertyDescriptor(value, key)!, seen),
    ]),
  }
}

function propertyOf(property: PropertyDescriptor, seen: Map<object, number>): unknown {
  const { enumerable, configurable, writable, get, value } = property
  const kind = [
    enumerable === true && 'enumerable',
    configurable === true && 'configurable',
    writable === true && 'writable',
  ]
    .filter(Boolean)
    .join(' ')
  return get === undefined ? [kind, portraitOf(value, seen)] : [kind, 'accessor']
}
