import { fieldReference } from './arguments.js'

/**
 * What is remembered by the shape of a read's arguments: all names and their order, and of the values their kind. Values
 * that are only compared leave no trace, so that reads which differ in them are of one shape.
 *
 * A tree of steps, and not a text: finding the text of an ordinary list in a map took three times as long as making it.
 */
export class Shapes<T> {
  readonly #max: number
  #steps = 0
  #first = new Step<T>()

  /** @param max how many steps are remembered; past it everything is forgotten. */
  constructor(max: number) {
    this.#max = max
  }

  /** The place for what is known of this shape. */
  of(args: unknown): { value: T | undefined } {
    if (this.#steps > this.#max) {
      this.#first = new Step()
      this.#steps = 0
    }
    return this.#walk(args, this.#first, false)
  }

  #walk(value: unknown, from: Step<T>, isNamed: boolean): Step<T> {
    switch (typeof value) {
      case 'object':
        return value === null ? this.#next(from, Kind.null) : this.#walkObject(value, from, isNamed)
      case 'string':
        return this.#next(from, isNamed ? value : Kind.value)
      case 'number':
        return this.#next(from, value === 0 ? Kind.zero : Kind.value)
      case 'bigint':
        return this.#next(from, Kind.value)
      case 'boolean':
        return this.#next(from, value ? Kind.true : Kind.false)
      case 'undefined':
        return this.#next(from, Kind.absent)
      default:
        return this.#next(from, Kind.other)
    }
  }

  #walkObject(value: object, from: Step<T>, isNamed: boolean): Step<T> {
    if (Array.isArray(value)) return this.#walkList(value, from, isNamed)
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return this.#walkOther(value, from)
    let step = this.#next(from, Kind.object)
    for (const name in value) {
      const property = (value as Record<string, unknown>)[name]
      if (property === undefined) continue
      step = this.#walk(property, this.#next(step, name), name === 'distinct' || name === 'by')
    }
    return this.#next(step, Kind.end)
  }

  /** However many values a list holds, they stand at one place. */
  #walkList(list: readonly unknown[], from: Step<T>, isNamed: boolean): Step<T> {
    let step = this.#next(from, Kind.list)
    let holdsValue = false
    for (let at = 0; at < list.length; at++) {
      const item = list[at]
      const isValue = typeof item === 'string' || typeof item === 'number' || typeof item === 'bigint'
      if (!isValue || isNamed) step = this.#walk(item, step, isNamed)
      else if (!holdsValue) {
        step = this.#next(step, Kind.value)
        holdsValue = true
      }
    }
    return this.#next(step, Kind.end)
  }

  #walkOther(value: object, from: Step<T>): Step<T> {
    const field = fieldReference(value)
    return field === undefined
      ? this.#next(from, Kind.other)
      : this.#next(this.#next(from, Kind.reference), field)
  }

  #next(from: Step<T>, token: Token): Step<T> {
    if (from.onlyToken === token) return from.only!
    const known = from.others?.get(token)
    if (known !== undefined) return known
    this.#steps++
    const step = new Step<T>()
    if (from.onlyToken === undefined) {
      from.onlyToken = token
      from.only = step
    } else (from.others ??= new Map()).set(token, step)
    return step
  }
}

/** Kinds are numbers and names are strings, so that no name can pretend to be a structure. */
type Token = number | string

const Kind = {
  object: 1,
  list: 2,
  end: 3,
  null: 4,
  value: 5,
  zero: 6,
  true: 7,
  false: 8,
  absent: 9,
  reference: 10,
  other: 11,
} as const

class Step<T> {
  value: T | undefined = undefined
  /** Most steps lead on in one way. */
  onlyToken: Token | undefined = undefined
  only: Step<T> | undefined = undefined
  others: Map<Token, Step<T>> | undefined = undefined
}
