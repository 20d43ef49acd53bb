import { encodeCanonical } from '@freshet/core/adapter'

interface EnumValueLike {
  _getNamespace(): string
  _getName(): string
}

interface FieldRefLike {
  readonly modelName: string
  readonly name: string
  readonly typeName: string
}

/**
 * The canonical text of a query's arguments; `undefined` if there is none, and then the query goes past the cache.
 */
export function argumentsKey(args: unknown): string | undefined {
  return encodeCanonical(args, prismaValue)
}

/** Prisma's own kinds of value, known by shape: each generated client carries its own copy of the classes. */
function prismaValue(value: object): string | undefined {
  if (isEnumValue(value)) return `@${tokenOf(value._getNamespace(), value._getName())}`
  if (isFieldRef(value)) return `&${tokenOf(value.modelName, value.name, value.typeName)}`
  return undefined
}

/** `Prisma.DbNull`, `Prisma.JsonNull`, `Prisma.AnyNull`. */
function isEnumValue(value: object): value is EnumValueLike {
  const { _getNamespace, _getName } = value as Partial<EnumValueLike>
  return typeof _getNamespace === 'function' && typeof _getName === 'function'
}

/** `prisma.user.fields.name`. */
function isFieldRef(value: object): value is FieldRefLike {
  const { modelName, name, typeName } = value as Partial<FieldRefLike>
  return typeof modelName === 'string' && typeof name === 'string' && typeof typeName === 'string'
}

const tokenOf = (...parts: string[]): string => parts.map((part) => `${part.length}:${part}`).join('')
