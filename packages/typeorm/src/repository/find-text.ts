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
