import { types } from 'node:util'
import { isDecimalLike, maxValueDepth, type DecimalLike } from './codec-types.js'
import { arrayBytes, objectBytes, roundUp, textBytes, word } from './heap-bytes.js'

/**
 * How a master is copied out: what {@link prepareCopy} learnt about its shape. Made for {@link copyOut} alone.
 *
 * A plan names only what is not shared: a field it does not name is a primitive in every value that the plan stands for.
 * It allows a primitive (such as `null`) wherever it names something else.
 */
export type CopyPlan =
  | { readonly kind: 'primitive' }
  | { readonly kind: 'date' }
  | FlatPlan
  | RecordPlan
  | { readonly kind: 'list'; readonly element: CopyPlan }
  | { readonly kind: 'any' }

interface FlatPlan {
  readonly kind: 'flat'
  readonly clone: Cloner
  readonly slot: number
}

interface RecordPlan {
  readonly kind: 'record'
  readonly clone: Cloner
  /** The place of `clone`. */
  readonly slot: number
  /** The fields that hold objects, and how each is copied. Extended by `concat`: V8 gives what is pushed or spread 16 slots of slack. */
  keys: readonly string[]
  plans: readonly CopyPlan[]
}

type Cloner = (source: object) => Fields
type Fields = Record<string, unknown>

/** A value made ready to be handed out many times. */
export interface PreparedCopy {
  /** A private deep copy; never give it to a caller, give {@link copyOut} of it. */
  readonly master: unknown
  readonly plan: CopyPlan
  /** What master and plan occupy, estimated, in bytes: JavaScript heap and buffers. */
  readonly bytes: number
}

/** Bounds of {@link prepareCopy}. */
export interface CopyLimits {
  /** Give up beyond this many (estimated) bytes. Default 256 MiB. */
  readonly maxBytes?: number
  /** The value was made as data, such as from a driver's rows: hidden properties are not looked for. Default: they are. */
  readonly isPlain?: boolean
  /** Nobody else has the value: it becomes the master as it is. Default: it is copied. */
  readonly isOwn?: boolean
}

const noLimits: CopyLimits = {}

const primitivePlan: CopyPlan = { kind: 'primitive' }
const datePlan: CopyPlan = { kind: 'date' }
const anyPlan: CopyPlan = { kind: 'any' }
const primitiveListPlan: CopyPlan = { kind: 'list', element: primitivePlan }

// Checked against the real heap by test/memory-accounting.test.ts.
const heapNumberBytes = 2 * word
const dateBytes = 12 * word + heapNumberBytes
const typedArrayBytes = 200
const collectionBytes = 4 * word
const decimalBytes = 9 * word
// Rows that are built field by field keep what comes after the fourth one apart.
const fieldsInside = 4
const outsideBytes = 2 * word
const ownShapeBytes = 20 * word
const ownKeyBytes = 3 * word
const recordPlanBytes = 19 * word
const recordPlanFieldBytes = 2 * word
const listPlanBytes = 5 * word

/**
 * Makes a private deep copy of `value` and works out, once, how to copy it again fast.
 *
 * Copied: primitives, plain objects (prototype `Object.prototype` or `null`), arrays, `Date`, `Map`, `Set`, `ArrayBuffer`,
 * `Buffer`, every typed array, and decimal.js numbers, each with its prototype, the order of its keys, `-0`, `NaN` and
 * `undefined`. Frozen and sealed objects come out as ordinary ones, an accessor as the value it had, and something that
 * occurs twice in `value` as two copies.
 *
 * @returns `undefined` if `value` cannot be copied faithfully, and so must not be stored: functions, symbols, symbol
 * keys, non-enumerable properties, other class instances, arrays with holes or named properties, shared memory, cycles
 * and anything deeper than 200 levels, more than `maxBytes`, or an accessor that throws
 */
export function prepareCopy(value: unknown, limits: CopyLimits = noLimits): PreparedCopy | undefined {
  const preparation = new Preparation(limits)
  try {
    const master = preparation.copy(value, undefined, 0)
    const plan = common(preparation.plan)
    const isOwn = plan === preparation.plan
    return { master, plan, bytes: isOwn ? preparation.bytes + preparation.planBytes : preparation.bytes }
  } catch {
    // Either a refusal or something that the value itself threw, from an accessor or a proxy.
    return undefined
  }
}

/**
 * A value that nobody else has, such as one that has just been decoded: {@link copyOut} gives it away as it is, so it may
 * be handed out once.
 *
 * @param bytes what it occupies, by estimate
 */
export function handOver(value: unknown, bytes: number): PreparedCopy {
  return { master: value, plan: primitivePlan, bytes }
}

/**
 * A fresh copy of `master`: the caller may change it at any depth without the master, or another copy, being changed.
 *
 * @param master,plan both from one {@link PreparedCopy}
 */
export function copyOut(master: unknown, plan: CopyPlan): unknown {
  if (typeof master !== 'object' || master === null) return master
  switch (plan.kind) {
    case 'primitive':
      return master
    case 'date':
      return new NativeDate((master as Date).getTime())
    case 'flat':
      return plan.clone(master)
    case 'record':
      return copyRecord(master, plan)
    case 'list':
      return copyList(master as readonly unknown[], plan.element)
    case 'any':
      return copyAny(master)
  }
}

// Held from the start: test suites replace the global class by one of their own.
const NativeDate = Date
const arrayPrototype: unknown = Array.prototype
const bufferPrototype: unknown = Buffer.prototype
const datePrototype: unknown = Date.prototype
const objectPrototype: unknown = Object.prototype

// Not one function but many that are alike, because V8 remembers at each place in the source which hidden classes it has
// cloned there: up to four are copied by a fast path (measured, 8 columns: 42 ns), one more and all are copied slowly
// (133 ns). Each set of keys has its place.
// prettier-ignore
const cloners: readonly Cloner[] = [
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
  (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }), (o) => ({ ...o }),
]

const flatPlans: readonly CopyPlan[] = cloners.map((clone, slot) => ({ kind: 'flat', clone, slot }))

/** The last plan of each slot: rows of one query have one plan, and each of its own would occupy as much as a small row. */
const lastPlans = new Array<RecordPlan | undefined>(cloners.length).fill(undefined)

/** Once its value has been copied, no plan changes any more. */
function common(plan: CopyPlan): CopyPlan {
  if (plan.kind !== 'record') return plan
  const last = lastPlans[plan.slot]
  if (last !== undefined && isSamePlan(last, plan)) return last
  lastPlans[plan.slot] = plan
  return plan
}

function isSamePlan(a: CopyPlan, b: CopyPlan): boolean {
  if (a === b) return true
  if (a.kind === 'list') return b.kind === 'list' && isSamePlan(a.element, b.element)
  if (a.kind !== 'record' || b.kind !== 'record') return false
  if (a.slot !== b.slot || a.keys.length !== b.keys.length) return false
  for (let i = 0; i < a.keys.length; i++) {
    if (a.keys[i] !== b.keys[i] || !isSamePlan(a.plans[i]!, b.plans[i]!)) return false
  }
  return true
}

function slotOf(keys: readonly string[]): number {
  let hash = keys.length
  for (const key of keys)
    hash = (hash * 31 + key.charCodeAt(0) + key.charCodeAt(key.length - 1) * 7 + key.length) | 0
  return (hash ^ (hash >>> 16)) & (cloners.length - 1)
}

function copyRecord(master: object, { clone, keys, plans }: RecordPlan): Fields {
  const copy = clone(master)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const child = copy[key]
    if (typeof child === 'object' && child !== null) copy[key] = copyOut(child, plans[i] as CopyPlan)
  }
  return copy
}

function copyList(master: readonly unknown[], element: CopyPlan): unknown[] {
  // The slice is one memory copy, packed and of the exact size; elements are replaced in place.
  const copy = master.slice()
  if (element.kind === 'primitive') return copy
  if (element.kind === 'flat') return copyFlatElements(copy, element.clone)
  for (let i = 0; i < copy.length; i++) copy[i] = copyOut(copy[i], element)
  return copy
}

function copyFlatElements(copy: unknown[], clone: Cloner): unknown[] {
  for (let i = 0; i < copy.length; i++) {
    const item = copy[i]
    if (typeof item === 'object' && item !== null) copy[i] = clone(item)
  }
  return copy
}

function copyAny(master: object): object {
  const prototype: unknown = Object.getPrototypeOf(master)
  if (prototype === objectPrototype) return copyFieldsAny({ ...master })
  if (prototype === arrayPrototype) return copyElementsAny((master as readonly unknown[]).slice())
  if (prototype === null) return copyFieldsAny(withoutPrototype(master))
  if (prototype === datePrototype) return new NativeDate((master as Date).getTime())
  if (master instanceof Map) return copyMapAny(master)
  if (master instanceof Set) return new Set(Array.from(master, copyValueAny))
  return copyBytes(master) ?? copyDecimal(master as DecimalLike)
}

function copyValueAny(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? copyAny(value) : value
}

function copyFieldsAny(copy: Fields): Fields {
  for (const key of Object.keys(copy)) {
    const child = copy[key]
    if (typeof child === 'object' && child !== null) copy[key] = copyAny(child)
  }
  return copy
}

function copyElementsAny(copy: unknown[]): unknown[] {
  for (let i = 0; i < copy.length; i++) copy[i] = copyValueAny(copy[i])
  return copy
}

function copyMapAny(master: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>()
  for (const [key, value] of master) copy.set(copyValueAny(key), copyValueAny(value))
  return copy
}

function withoutPrototype(source: object): Fields {
  return { __proto__: null, ...source }
}

type TypedArrayClass = new (source: never) => ArrayBufferView

const typedArrays = new Map<unknown, TypedArrayClass>(
  [
    Uint8Array,
    Uint8ClampedArray,
    Uint16Array,
    Uint32Array,
    Int8Array,
    Int16Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ].map((type) => [type.prototype, type]),
)

function copyBytes(source: object): object | undefined {
  const prototype: unknown = Object.getPrototypeOf(source)
  if (prototype === bufferPrototype) return Buffer.from(source as Buffer)
  if (prototype === ArrayBuffer.prototype) return (source as ArrayBuffer).slice(0)
  const TypedArray = typedArrays.get(prototype)
  return TypedArray && new TypedArray(source as never)
}

/** Whether it has nothing that {@link copyDecimal} leaves out. */
export function isCopyableDecimal(value: object): value is DecimalLike {
  return isDecimalLike(value) && Object.getOwnPropertyNames(value).join() === 'constructor,s,e,d'
}

// Ten times faster than the class's own constructor or a spread, and free of the class's settings.
export function copyDecimal(source: DecimalLike): DecimalLike {
  const copy = Object.create(Object.getPrototypeOf(source) as object) as Fields
  copy['constructor'] = source.constructor
  copy['s'] = source.s
  copy['e'] = source.e
  copy['d'] = source.d === null ? null : source.d.slice()
  return copy as unknown as DecimalLike
}

/** The last keys of each slot, and the names that objects have begun and ended with. */
const lastKeys = new Array<readonly string[] | undefined>(cloners.length).fill(undefined)
const knownNames = new Set<string>()
const maxKnownNames = 4_096

/** Whether other objects have had these keys, as rows of one table do: then the keys are the others' already. */
function areKnown(keys: readonly string[], slot: number): boolean {
  const end = keys.length - 1
  const last = lastKeys[slot]
  if (last !== undefined && last.length === keys.length && last[0] === keys[0] && last[end] === keys[end])
    return true
  lastKeys[slot] = keys
  const areKnownNames = knownNames.has(keys[0]!) && knownNames.has(keys[end]!)
  if (!areKnownNames) {
    if (knownNames.size >= maxKnownNames) knownNames.clear()
    knownNames.add(keys[0]!).add(keys[end]!)
  }
  return areKnownNames
}

/** Of an object whose keys nobody else has: a hidden class of its own, without steps that lead there, as V8 has made too many before long. */
function ownKeysBytes(keys: readonly string[]): number {
  if (isIndex(keys[0]!)) return indexTableBytes(keys.length)
  let bytes = ownShapeBytes + keys.length * ownKeyBytes
  for (const key of keys) bytes += textBytes(key)
  return bytes
}

/** It grows fourfold, and is never more than two thirds full; the fields are in it, and not in slots. */
function indexTableBytes(size: number): number {
  const slots = 4 ** Math.max(2, Math.ceil(Math.log(size * 1.5) / Math.log(4)))
  return ownShapeBytes + (slots * 3 - size) * word
}

/** Names that are numbers come first in every object. */
const isIndex = (key: string): boolean => String(Number(key)) === key

class Refusal extends Error {}

// Thrown where a value cannot be copied and caught in prepareCopy: one object, as a stack trace would cost more than the copy.
const refusal = new Refusal('not copyable')

const maxPlannedFields = 32

/** One pass over a value: copies it, adds up its size and, of every array, merges the plans of the elements. */
class Preparation {
  bytes = 0
  /** What the plans occupy, which is not counted for one that others have as well. */
  planBytes = 0
  /** The plan of what {@link copy} copied last, widened from the plan that it was given. */
  plan: CopyPlan = primitivePlan
  readonly #maxBytes: number
  readonly #isPlain: boolean
  readonly #isOwn: boolean

  constructor({ maxBytes = 2 ** 28, isPlain = false, isOwn = false }: CopyLimits) {
    this.#maxBytes = maxBytes
    this.#isPlain = isPlain
    this.#isOwn = isOwn
  }

  /** @param known the plan of what stood in the same place before: of the elements before this one, or of their fields */
  copy(value: unknown, known: CopyPlan | undefined, depth: number): unknown {
    if (typeof value === 'object' && value !== null) return this.#copyObject(value, known, depth)
    this.#addPrimitive(value)
    this.plan = known ?? primitivePlan
    return value
  }

  #copyObject(value: object, known: CopyPlan | undefined, depth: number): unknown {
    // Bytes bound the work as well: references shared many times over would unfold without end.
    if (depth === maxValueDepth || this.bytes > this.#maxBytes) throw refusal
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype === objectPrototype) return this.#copyPlain(value, known, depth + 1)
    if (prototype === arrayPrototype) return this.#copyArray(value as readonly unknown[], known, depth + 1)
    if (prototype === datePrototype) return this.#copyDate(value as Date, known)
    const master = this.#copyOther(value, prototype, depth + 1)
    this.plan = anyPlan
    return master
  }

  #copyPlain(value: object, known: CopyPlan | undefined, depth: number): Fields {
    const keys = Object.keys(value)
    if (!this.#isPlain) refuseHiddenProperties(value, keys)
    const slot = slotOf(keys)
    // Accessors are read here, once; what follows looks at the copy only.
    const master = this.#isOwn ? (value as Fields) : cloners[slot]!(value)
    // All at once: a look-up by a name that differs each time costs more than the rest.
    const fields = Object.values(master)
    if (fields.length !== keys.length) throw refusal
    this.bytes += objectBytes + keys.length * word
    if (keys.length > fieldsInside) this.bytes += outsideBytes
    if (keys.length > 0 && !areKnown(keys, slot)) this.bytes += ownKeysBytes(keys)
    let plan = known === undefined || known.kind === 'primitive' ? flatPlans[slot]! : known
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]
      if (typeof field === 'object' && field !== null) {
        const key = keys[i]!
        master[key] = this.#copyObject(field, fieldPlan(plan, key), depth)
        plan = this.#withField(plan, key, this.plan)
      } else this.#addPrimitive(field)
    }
    this.plan = plan.kind === 'flat' || plan.kind === 'record' ? plan : anyPlan
    return master
  }

  #withField(plan: CopyPlan, key: string, field: CopyPlan): CopyPlan {
    if (plan.kind === 'flat') {
      // On an object without such a field, this name would read, and set, the prototype.
      if (key === '__proto__') return anyPlan
      this.planBytes += recordPlanBytes + recordPlanFieldBytes
      return { kind: 'record', clone: plan.clone, slot: plan.slot, keys: [key], plans: [field] }
    }
    if (plan.kind !== 'record') return anyPlan
    const index = plan.keys.indexOf(key)
    if (index >= 0) {
      if (plan.plans[index] !== field) plan.plans = plan.plans.with(index, field)
      return plan
    }
    if (key === '__proto__' || plan.keys.length === maxPlannedFields) return anyPlan
    this.planBytes += recordPlanFieldBytes
    plan.keys = plan.keys.concat(key)
    plan.plans = plan.plans.concat(field)
    return plan
  }

  #copyArray(value: readonly unknown[], known: CopyPlan | undefined, depth: number): unknown[] {
    if (Reflect.ownKeys(value).length !== value.length + 1) throw refusal
    const master = this.#isOwn ? (value as unknown[]) : value.slice()
    this.bytes += arrayBytes + master.length * word
    if (areNumbers(master)) return this.#endOfNumbers(master, known)
    let element = known?.kind === 'list' ? known.element : undefined
    for (let i = 0; i < master.length; i++) {
      // A hole and a named property together leave the count of keys as it is.
      if (master[i] === undefined && !(i in master)) throw refusal
      master[i] = this.copy(master[i], element, depth)
      element = this.plan
    }
    this.plan = this.#joinList(known, element ?? primitivePlan)
    return master
  }

  // Kept apart because V8 holds arrays of nothing but numbers unboxed.
  #endOfNumbers(master: unknown[], known: CopyPlan | undefined): unknown[] {
    this.plan = this.#joinList(known, known?.kind === 'list' ? known.element : primitivePlan)
    return master
  }

  #joinList(known: CopyPlan | undefined, element: CopyPlan): CopyPlan {
    if (known !== undefined && known.kind !== 'primitive' && known.kind !== 'list') return anyPlan
    if (known?.kind === 'list' && known.element === element) return known
    if (element === primitivePlan) return primitiveListPlan
    this.planBytes += listPlanBytes
    return { kind: 'list', element }
  }

  #copyDate(value: Date, known: CopyPlan | undefined): Date {
    if (Object.keys(value).length > 0) throw refusal
    this.bytes += dateBytes
    this.plan =
      known === undefined || known.kind === 'primitive' || known.kind === 'date' ? datePlan : anyPlan
    return this.#isOwn ? value : new NativeDate(value.getTime())
  }

  #copyOther(value: object, prototype: unknown, depth: number): object {
    if (prototype === null) return this.#copyWithoutPrototype(value, depth)
    if (prototype === Map.prototype && types.isMap(value)) return this.#copyMap(value, depth)
    if (prototype === Set.prototype && types.isSet(value)) return this.#copySet(value, depth)
    if (types.isTypedArray(value) || types.isArrayBuffer(value)) return this.#copyBytes(value)
    if (isCopyableDecimal(value)) return this.#copyDecimal(value)
    throw refusal
  }

  #copyWithoutPrototype(value: object, depth: number): Fields {
    const keys = Object.keys(value)
    refuseHiddenProperties(value, keys)
    const master = withoutPrototype(value)
    for (const key of keys) {
      // Such objects are hash tables inside: three words for each entry, half of them unused on average.
      this.bytes += 6 * word
      master[key] = this.copy(master[key], undefined, depth)
    }
    this.bytes += objectBytes + 8 * word
    return master
  }

  #copyMap(value: ReadonlyMap<unknown, unknown>, depth: number): Map<unknown, unknown> {
    if (Reflect.ownKeys(value).length > 0) throw refusal
    const master = new Map<unknown, unknown>()
    for (const [key, item] of value) {
      master.set(this.copy(key, undefined, depth), this.copy(item, undefined, depth))
    }
    this.bytes += collectionBytes + tableBytes(value.size, 3)
    return master
  }

  #copySet(value: ReadonlySet<unknown>, depth: number): Set<unknown> {
    if (Reflect.ownKeys(value).length > 0) throw refusal
    const master = new Set<unknown>()
    for (const item of value) master.add(this.copy(item, undefined, depth))
    this.bytes += collectionBytes + tableBytes(value.size, 2)
    return master
  }

  #copyBytes(value: NodeJS.TypedArray | ArrayBuffer): object {
    this.bytes += typedArrayBytes + value.byteLength
    if (Object.getPrototypeOf(value) !== bufferPrototype) return copyBytes(value) ?? refuse()
    // Not from the pool: a small master would keep eight kilobytes alive.
    const master = Buffer.allocUnsafeSlow(value.byteLength)
    master.set(value as Buffer)
    return master
  }

  #copyDecimal(value: DecimalLike): DecimalLike {
    this.bytes += decimalBytes + arrayBytes + (value.d?.length ?? 0) * word
    return this.#isOwn ? value : copyDecimal(value)
  }

  #addPrimitive(value: unknown): void {
    switch (typeof value) {
      case 'string':
        this.bytes += textBytes(value)
        return
      case 'number':
        // Small integers lie in the slot itself.
        if ((value | 0) !== value || Object.is(value, -0)) this.bytes += heapNumberBytes
        return
      case 'bigint':
        this.bytes += 2 * word + bigintBytes(value)
        return
      case 'symbol':
      case 'function':
        throw refusal
      default:
        // The rest lies in the slot.
        return
    }
  }
}

function fieldPlan(plan: CopyPlan, key: string): CopyPlan | undefined {
  return plan.kind === 'record' ? plan.plans[plan.keys.indexOf(key)] : undefined
}

function refuseHiddenProperties(value: object, keys: readonly string[]): void {
  // Cheap only in this form: Reflect.ownKeys costs three times as much on an ordinary row.
  if (Object.getOwnPropertyNames(value).length !== keys.length) throw refusal
  if (Object.getOwnPropertySymbols(value).length > 0) throw refusal
}

function refuse(): never {
  throw refusal
}

function areNumbers(values: readonly unknown[]): boolean {
  // Not `every`, which passes over holes.
  for (let i = 0; i < values.length; i++) if (typeof values[i] !== 'number') return false
  return values.length > 0
}

function bigintBytes(value: bigint): number {
  if (BigInt.asIntN(64, value) === value) return word
  return roundUp(value.toString(16).length / 2)
}

/** V8's hash tables have a power of two of slots, at least four, and one bucket for every two. */
function tableBytes(size: number, wordsPerEntry: number): number {
  const slots = Math.max(4, 2 ** Math.ceil(Math.log2(Math.max(1, size))))
  return (5 + slots * wordsPerEntry + slots / 2) * word
}
