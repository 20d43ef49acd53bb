import { encodeCanonical } from '@freshet/core/adapter'
import type { FindManyOptions, ObjectLiteral } from 'typeorm'
import { FindOperator } from 'typeorm'

/**
 * A text of find options: two have the same text only if they make the same query.
 *
 * @returns `undefined` if there is none, as for an entity or a value object in `where`, or `Raw()` with a function
 */
export function findText(options: FindManyOptions<ObjectLiteral> | undefined): string | undefined {
  if (options === undefined) return ''
  const { order } = options as { readonly order?: unknown }
  return order === undefined
    ? encodeCanonical(options, operatorText)
    : encodeCanonical({ ...options, order: inOrder(order) }, operatorText)
}

/**
 * A text of what find options ask for, whatever the values are that `where` compares with: the same tables are read,
 * in the same ways.
 *
 * @returns `undefined` if there is none, as in {@link findText}
 */
export function findShape(options: FindManyOptions<ObjectLiteral> | undefined): string | undefined {
  const where: unknown = options?.where
  return where === undefined
    ? findText(options)
    : findText({ ...options, where: shapeOf(where) as ObjectLiteral })
}

// A number, so that no text in a `where` can be taken for it.
const anyValue = 0

function shapeOf(where: unknown): unknown {
  // TypeORM may leave a relation out of the query because of what it is compared with: null, undefined, a boolean.
  if (where === null || typeof where === 'boolean' || where === undefined) return where
  if (typeof where !== 'object') return anyValue
  if (Array.isArray(where)) return [...new Set(where.map(shapeOf))]
  if (where instanceof FindOperator) return shapeOfOperator(where)
  const prototype: unknown = Object.getPrototypeOf(where)
  if (prototype !== Object.prototype && prototype !== null) return anyValue
  return Object.fromEntries(Object.entries(where).map(([key, value]) => [key, shapeOf(value)]))
}

/** `Raw()` compares with SQL, and that may read any table. */
function shapeOfOperator(operator: FindOperator<unknown>): unknown {
  const { _type, _value } = operator as unknown as Readonly<Record<string, unknown>>
  return _type === 'raw' ? operator : [_type, shapeOf(_value)]
}

/** The order of keys does not count anywhere but here. */
function inOrder(order: unknown): unknown {
  if (typeof order !== 'object' || order === null || Array.isArray(order)) return order
  return Object.entries(order).map(([key, value]) => [key, inOrder(value)])
}

const operatorFields: ReadonlySet<string> = new Set([
  '@instanceof',
  '_type',
  '_value',
  '_useParameter',
  '_multipleParameters',
  '_getSql',
  '_objectLiteralParameters',
])

function operatorText(value: object): string | undefined {
  if (!(value instanceof FindOperator)) return undefined
  if (!Object.keys(value).every((field) => operatorFields.has(field))) return undefined
  // Not the operator's accessors: they answer for the operator inside, as of `Not(In([…]))`.
  const { _type, _value, _useParameter, _multipleParameters, _getSql, _objectLiteralParameters } =
    value as unknown as Readonly<Record<string, unknown>>
  if (typeof _type !== 'string' || _getSql !== undefined) return undefined
  return encodeCanonical(
    [_type, _value, _useParameter, _multipleParameters, _objectLiteralParameters],
    operatorText,
  )
}
