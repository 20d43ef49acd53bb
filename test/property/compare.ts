/** How a call ended: a cached and an uncached client must end alike in failures too. */
export type Outcome =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

export async function outcome(run: () => PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}

/** Where two outcomes differ, as a sentence; `undefined` when they are the same. */
export function difference(one: Outcome, other: Outcome, unordered: boolean): string | undefined {
  if (one.ok && other.ok) return valueDifference(one.value, other.value, unordered, 'result')
  if (one.ok !== other.ok) return `one call ${one.ok ? 'answered' : 'failed'} and the other did not`
  const left = describeError((one as { error: unknown }).error)
  const right = describeError((other as { error: unknown }).error)
  return left === right ? undefined : `errors: ${left} and ${right}`
}

export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? ` ${String(error.code)}` : ''
  return `${error.constructor.name}${code}`
}

function valueDifference(one: unknown, other: unknown, unordered: boolean, path: string): string | undefined {
  if (Object.is(one, other)) return undefined
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return `${path} differs`
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return `${path}: prototypes differ`
  if (Array.isArray(one) && Array.isArray(other)) return listDifference(one, other, unordered, path)
  // What MariaDB keeps for a date that IGNORE made of nothing is no date, in both answers.
  if (one instanceof Date)
    return Object.is(one.getTime(), (other as Date).getTime()) ? undefined : `${path}: dates differ`
  if (ArrayBuffer.isView(one))
    return sameBytes(one, other as ArrayBufferView) ? undefined : `${path}: bytes differ`
  return recordDifference(one as Record<string, unknown>, other as Record<string, unknown>, unordered, path)
}

function listDifference(
  one: unknown[],
  other: unknown[],
  unordered: boolean,
  path: string,
): string | undefined {
  if (one.length !== other.length) return `${path}: ${one.length} and ${other.length} members`
  const left = unordered ? sorted(one) : one
  const right = unordered ? sorted(other) : other
  for (let i = 0; i < left.length; i++) {
    const found = valueDifference(left[i], right[i], unordered, `${path}[${i}]`)
    if (found) return found
  }
  return undefined
}

/** Decimals are compared like any other object: their digits are own properties, their class is the prototype. */
function recordDifference(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
  unordered: boolean,
  path: string,
): string | undefined {
  const keys = Reflect.ownKeys(one)
  if (keys.length !== Reflect.ownKeys(other).length) return `${path}: different keys`
  for (const key of keys) {
    const name = String(key)
    const [left, right] = [one, other].map((record) => Object.getOwnPropertyDescriptor(record, key))
    if (right === undefined) return `${path}: only one has ${name}`
    if (left!.enumerable !== right.enumerable) return `${path}: ${name} is enumerable in one`
    // A lazy relation: to look at it would be to load it.
    if (left!.get !== undefined && right.get !== undefined) continue
    const found = valueDifference(
      Reflect.get(one, key),
      Reflect.get(other, key),
      unordered,
      `${path}.${name}`,
    )
    if (found) return found
  }
  return undefined
}

function sameBytes(one: ArrayBufferView, other: ArrayBufferView): boolean {
  return Buffer.compare(bytes(one), bytes(other)) === 0
}

function bytes(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}

function sorted(list: readonly unknown[]): unknown[] {
  return list
    .map((member) => [canonical(member), member] as const)
    .sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([, member]) => member)
}

function canonical(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return 'number:-0'
  if (typeof value !== 'object' || value === null) return `${typeof value}:${String(value)}`
  if (value instanceof Date) return `date:${value.getTime()}`
  if (ArrayBuffer.isView(value)) return `bytes:${bytes(value).toString('hex')}`
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`
  const entries = Object.entries(value).map(([key, member]) => `${key}=${canonical(member)}`)
  return `{${entries.sort().join()}}`
}

/** Spoils an answer in place: a cache that hands out its own copy then answers with the spoilt one. */
export function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Date) value.setTime(0)
  else if (ArrayBuffer.isView(value)) bytes(value).fill(0xee)
  else if (Array.isArray(value)) {
    value.forEach(spoil)
    value.push('spoilt')
  } else {
    for (const member of Object.values(value)) spoil(member)
    if (Object.isExtensible(value)) Object.assign(value, { spoilt: true })
  }
}

/** The same arguments with their keys in another order and nothing shared with the original. */
export function reordered<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return new Date(value) as T
  if (ArrayBuffer.isView(value)) return new Uint8Array(bytes(value)) as T
  if (Array.isArray(value)) return value.map(reordered) as T
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reordered(member)]),
  ) as T
}
