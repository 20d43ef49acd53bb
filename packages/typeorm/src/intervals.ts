import type { DataSource } from 'typeorm'

type Fields = Readonly<Record<string, unknown>>

/** What of the `pg` package tells how it reads an `interval`. */
interface Pg {
  readonly types?: { getTypeParser?(oid: number): (text: string) => unknown }
}

/** The type `interval` in PostgreSQL's catalogue, the same in every database. */
const intervalOid = 1186

/**
 * The values that `pg` makes of an `interval`: instances of a class that only it has, plain but for their prototype.
 */
export class Intervals {
  readonly #prototype: object

  constructor(prototype: object) {
    this.#prototype = prototype
  }

  /** The fields of an interval, `undefined` for anything else. */
  fieldsOf(value: unknown): Fields | undefined {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.getPrototypeOf(value) === this.#prototype ? { ...value } : undefined
  }

  /** The interval that these are the fields of. */
  made(fields: unknown): object {
    return Object.assign(Object.create(this.#prototype) as object, fields)
  }
}

const byDriver = new WeakMap<object, Intervals | undefined>()

/** `undefined` where the driver makes something else of an `interval`: texts, or what a parser of the user's makes. */
export function intervalsOf({ driver }: DataSource): Intervals | undefined {
  if (!byDriver.has(driver)) byDriver.set(driver, find((driver as { readonly postgres?: Pg }).postgres))
  return byDriver.get(driver)
}

function find(pg: Pg | undefined): Intervals | undefined {
  const sample = pg?.types?.getTypeParser?.(intervalOid)('1 day')
  if (typeof sample !== 'object' || sample === null || (sample as { days?: unknown }).days !== 1)
    return undefined
  const prototype = Object.getPrototypeOf(sample) as object | null
  return prototype === null || prototype === Object.prototype ? undefined : new Intervals(prototype)
}
