import { invalidOption, nearest, print } from './options.js'

/**
 * What a schema cannot tell: `{ OrderSummary: ['Order', 'order_lines'] }` says that the view OrderSummary is computed from these
 * tables, or that a trigger on them writes OrderSummary. Either way a write to one of them changes what a read of
 * OrderSummary sees.
 */
export type DependsOn = Readonly<Record<string, readonly string[]>>

/** The declarations, by tables' names as tags have them. */
export interface DeclaredDependencies {
  /** The tables that this one is declared to be made from; undefined: nothing is declared. */
  sourcesOf(table: string): readonly string[] | undefined
  /** The tables that a write to this one is declared to change as well. */
  dependentsOf(table: string): readonly string[]
}

/** The names that a schema has. */
export interface SchemaNames {
  /** The table that a name stands for, as tags have it; `undefined`: the schema does not have it. */
  tableOf(name: string): string | undefined
  /** All names that could have been meant. */
  readonly known: readonly string[]
  /** What `known` are, such as `a model nor a table of the schema`. */
  readonly kinds: string
  /** What to do about a name that is none of them; `near`: the one that is most like it, if any is. */
  readonly advice: (name: string, near: string | undefined) => string
}

/** @throws FreshetError INVALID_OPTION for anything but lists of names */
export function assertDependsOn(dependsOn: unknown): asserts dependsOn is DependsOn {
  if (typeof dependsOn !== 'object' || dependsOn === null || Array.isArray(dependsOn)) {
    throw invalidOption(
      `The option 'dependsOn' must be an object such as { OrderSummary: ['Order'] }, but ${print(dependsOn)} was given.`,
    )
  }
  for (const [name, given] of Object.entries(dependsOn) as [string, unknown][]) {
    if (Array.isArray(given) && given.every((item) => typeof item === 'string')) continue
    throw invalidOption(
      `The option 'dependsOn.${name}' must be an array of names such as ['Order'], but ${print(given)} was given.`,
    )
  }
}

/**
 * Resolves the names of a `dependsOn` option to tables.
 *
 * @throws FreshetError INVALID_OPTION for a name that the schema does not have: a misspelt one would declare nothing, and
 * the reads that it was meant for would go stale
 */
export function resolveDependsOn(dependsOn: DependsOn | undefined, names: SchemaNames): DeclaredDependencies {
  if (dependsOn !== undefined) assertDependsOn(dependsOn)
  const sources = new Map<string, string[]>()
  const dependents = new Map<string, string[]>()
  for (const [name, given] of Object.entries(dependsOn ?? {})) {
    const table = resolve(name, names)
    for (const source of given.map((one) => resolve(one, names))) {
      append(sources, table, source)
      append(dependents, source, table)
    }
    if (given.length === 0 && !sources.has(table)) sources.set(table, [])
  }
  return {
    sourcesOf: (table) => sources.get(table),
    dependentsOf: (table) => dependents.get(table) ?? none,
  }
}

const none: readonly string[] = Object.freeze([])

function resolve(name: string, { tableOf, known, kinds, advice }: SchemaNames): string {
  const table = tableOf(name)
  if (table !== undefined) return table
  throw invalidOption(
    `The option 'dependsOn' names '${name}', which is neither ${kinds}. ${advice(name, nearest(name, known))}`,
  )
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
