import { fieldReference } from './arguments.js'

// Their strings name columns.
const named: ReadonlySet<string> = new Set(['distinct', 'by'])

/**
 * What of a read's arguments decides how it is planned: all names and their order, and of the values their kind. Values
 * that are only compared leave no trace, so that reads which differ in them share a plan.
 *
 * A plan may look at nothing that is not in here.
 */
export function shapeOf(value: unknown): string {
  return shape(value, false)
}

function shape(value: unknown, isNamed: boolean): string {
  switch (typeof value) {
    case 'object':
      return value === null ? '~' : shapeOfObject(value, isNamed)
    case 'string':
      return isNamed ? `"${value.length}:${value}` : 'v'
    case 'number':
      return value === 0 ? '0' : 'v'
    case 'bigint':
      return 'v'
    case 'boolean':
      return value ? 't' : 'f'
    case 'undefined':
      return 'u'
    default:
      return 'o'
  }
}

function shapeOfObject(value: object, isNamed: boolean): string {
  if (Array.isArray(value)) return shapeOfList(value, isNamed)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return shapeOfOther(value)
  let text = '{'
  for (const name in value) {
    const property = (value as Record<string, unknown>)[name]
    // Lengths stand before names, or a name could pretend to be a structure.
    if (property !== undefined) text += `${name.length}:${name}${shape(property, named.has(name))}`
  }
  return `${text}}`
}

/** However many values a list holds, they stand at one place. */
function shapeOfList(list: readonly unknown[], isNamed: boolean): string {
  let text = '['
  let holdsValue = false
  for (let at = 0; at < list.length; at++) {
    const item = list[at]
    const isValue = typeof item === 'string' || typeof item === 'number' || typeof item === 'bigint'
    if (isValue && !isNamed) {
      if (!holdsValue) text += 'v'
      holdsValue = true
    } else text += shape(item, isNamed)
  }
  return `${text}]`
}

function shapeOfOther(value: object): string {
  const field = fieldReference(value)
  return field === undefined ? 'o' : `&${field.length}:${field}`
}
