/** Why a read has table precision: thrown inside, told to people. */
export class NotUnderstood extends Error {}

export type PlainObject = Readonly<Record<string, unknown>>

/** In copied arguments whatever is not a value is a plain object. */
export function isPlain(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Every property that is there; nothing has none. @throws NotUnderstood for anything but an object. */
export function entriesOf(value: unknown, where: string): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === null) return []
  if (!isPlain(value)) throw new NotUnderstood(`${where} is not an object`)
  const entries: [string, unknown][] = []
  // Prisma reads inherited properties too.
  for (const name in value) if (value[name] !== undefined) entries.push([name, value[name]])
  return entries
}

/** One or an array of them, each with its place. */
export function itemsOf(
  value: unknown,
  path: readonly string[],
): readonly { readonly value: unknown; readonly path: readonly string[] }[] {
  if (!Array.isArray(value)) return [{ value, path }]
  return value.map((item: unknown, at) => ({ value: item, path: [...path, String(at)] }))
}

/** The field that `prisma.post.fields.title` stands for: a condition may compare with another column. */
export function fieldReference(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { modelName, name, typeName } = value as PlainObject
  const isOne = typeof modelName === 'string' && typeof name === 'string' && typeof typeName === 'string'
  return isOne && !isPlain(value) ? name : undefined
}
