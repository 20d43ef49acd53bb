import { AssertionError, deepStrictEqual } from 'node:assert'
import { print } from '@freshet/core/adapter'

/** What is to be true of a value. Each method throws an `AssertionError` if it is not. */
export interface Expectation {
  /** The very same, by `Object.is`. */
  toBe(expected: unknown): void
  /** Deeply equal, prototypes included. */
  toEqual(expected: unknown): void
  /** As far as `expected` goes, in nested objects and arrays too. */
  toMatchObject(expected: object): void
  toBeUndefined(): void
  toBeNull(): void
  toHaveLength(expected: number): void
  /** What the promise that is looked at rejects with. */
  readonly rejects: {
    toBe(expected: unknown): Promise<void>
    toMatchObject(expected: object): Promise<void>
  }
}

export type Expect = (actual: unknown) => Expectation

export const expect: Expect = (actual) => new Actual(actual)

class Actual implements Expectation {
  readonly #actual: unknown

  constructor(actual: unknown) {
    this.#actual = actual
  }

  toBe(expected: unknown): void {
    if (!Object.is(this.#actual, expected)) fail(this.#actual, expected, 'to be')
  }

  toEqual(expected: unknown): void {
    deepStrictEqual(this.#actual, expected)
  }

  toMatchObject(expected: object): void {
    if (!matches(this.#actual, expected)) fail(this.#actual, expected, 'to match')
  }

  toBeUndefined(): void {
    this.toBe(undefined)
  }

  toBeNull(): void {
    this.toBe(null)
  }

  toHaveLength(expected: number): void {
    const { length } = this.#actual as { readonly length: unknown }
    if (length !== expected) fail(length, expected, 'to be the length, which is')
  }

  get rejects() {
    const reason = async (): Promise<Actual> => {
      try {
        await this.#actual
      } catch (error) {
        return new Actual(error)
      }
      throw new AssertionError({ message: 'The promise was expected to reject, but it resolved.' })
    }
    return {
      toBe: async (expected: unknown) => (await reason()).toBe(expected),
      toMatchObject: async (expected: object) => (await reason()).toMatchObject(expected),
    }
  }
}

function matches(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null || expected instanceof Error)
    return Object.is(actual, expected)
  if (typeof actual !== 'object' || actual === null) return false
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return false
  return Object.entries(expected).every(([name, value]) =>
    matches((actual as Readonly<Record<string, unknown>>)[name], value),
  )
}

function fail(actual: unknown, expected: unknown, relation: string): never {
  const message = `${print(actual)} was expected ${relation} ${print(expected)}.`
  throw new AssertionError({ message, actual, expected, operator: relation })
}
