import { types } from 'node:util'

type Properties = Record<string, unknown>

/**
 * The arguments of a query as they are now, in plain objects: whoever asked may change theirs while the query waits, and what a
 * stored answer depends on is read from them later. Prisma reads an instance of a class that has no meaning to it by its
 * properties, and so it is copied; what Prisma tells apart by its class, and what turns itself into JSON, is kept.
 *
 * @returns `undefined` if it cannot be copied, such as a cycle, which Prisma refuses too
 */
export function copyArguments(args: object): object | undefined {
  try {
    const copied: Properties = {}
    for (const [name, value] of Object.entries(args)) set(copied, name, copy(value))
    return copied
  } catch {
    return undefined
  }
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return copyList(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
    ? copyProperties(value as Properties)
    : copyInstance(value)
}

function copyList(list: readonly unknown[]): unknown[] {
  const copied: unknown[] = []
  for (let at = 0; at < list.length; at++) copied.push(copy(list[at]))
  return copied
}

function copyProperties(value: Properties): Properties {
  const copied: Properties = {}
  // Prisma reads inherited properties too, but for those of the arguments themselves.
  for (const name in value) set(copied, name, copy(value[name]))
  return copied
}

function copyInstance(value: object): unknown {
  if (types.isDate(value)) return new Date(value)
  if (ArrayBuffer.isView(value)) return copyBytes(value)
  return meansSomething(value as Properties) ? value : copyProperties(value as Properties)
}

function copyBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength))
}

// `Prisma.DbNull` and its like, `prisma.user.fields.name`, `Prisma.skip`, decimals; and whatever knows its own JSON. By shape: each
// generated client carries its own copy of the classes.
const meaningful = ['_getName', '_toGraphQLInputType', 'ifUndefined', 'toFixed', 'toJSON'] as const

const meansSomething = (value: Properties): boolean =>
  meaningful.some((method) => typeof value[method] === 'function')

function set(target: Properties, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value, configurable: true, enumerable: true, writable: true })
}
