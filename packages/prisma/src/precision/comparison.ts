import { wholeNumber } from '@freshet/core/adapter'
import { isPlain } from './arguments.js'
import { valueAt } from './applied-read.js'

/** A condition that holds a column against values that stand in the arguments. */
export interface Comparison {
  readonly operator: Operator
  readonly path: readonly string[]
}

type Operator = 'equals' | 'not' | 'in' | 'notIn' | 'lt' | 'lte' | 'gt' | 'gte'

type Holds = (value: bigint, others: readonly bigint[]) => boolean

const operators: Readonly<Record<Operator, Holds>> = {
  equals: (value, [other]) => value === other,
  not: (value, [other]) => value !== other,
  in: (value, others) => others.includes(value),
  notIn: (value, others) => !others.includes(value),
  lt: (value, [other]) => value < other!,
  lte: (value, [other]) => value <= other!,
  gt: (value, [other]) => value > other!,
  gte: (value, [other]) => value >= other!,
}

const isOperator = (name: string): name is Operator => Object.hasOwn(operators, name)
const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'

/** @returns `undefined` if a condition is not made of such comparisons alone */
export function comparisonsOf(value: unknown, path: readonly string[]): readonly Comparison[] | undefined {
  if (isNumber(value)) return [{ operator: 'equals', path }]
  if (!isPlain(value)) return undefined
  const comparisons: Comparison[] = []
  for (const name in value) {
    const operand = value[name]
    if (operand === undefined) continue
    const isList = name === 'in' || name === 'notIn'
    const isCompared = isList ? Array.isArray(operand) && operand.every(isNumber) : isNumber(operand)
    if (!isOperator(name) || !isCompared) return undefined
    comparisons.push({ operator: name, path: [...path, name] })
  }
  return comparisons
}

/** What a comparison holds values against; `undefined`: not whole numbers alone. */
export function operandsOf({ path }: Comparison, args: unknown): readonly bigint[] | undefined {
  const operand = valueAt({ path, isList: false }, args)
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand]
  const numbers = values.flatMap((value) => wholeNumber(value) ?? [])
  return numbers.length < values.length ? undefined : numbers
}

/** Whether a comparison says the same of two values. */
export function saysTheSame(
  { operator }: Comparison,
  operands: readonly bigint[],
  one: bigint,
  other: bigint,
): boolean {
  const holds = operators[operator]
  return holds(one, operands) === holds(other, operands)
}
