import type { Field } from './model.js'
import type { Forms, RawContext } from './raw-context.js'
import { sqlValue } from './seed-rows.js'

/** Writes whose rows any condition chooses, as people write them by hand. */
export function freelyChosen(context: RawContext): Forms {
  const { model, random, q, raise, table, name } = context
  const maker = new ConditionMaker(context)
  const key = random.pick(model.fields.filter(({ role }) => role === 'foreignKey' || role === 'data'))
  const moved = `${q(key.column)} = ${key.optional && random.chance(0.2) ? 'NULL' : maker.value(key)}`
  return {
    freeUpdate: () => ({ sql: `${raise} WHERE ${maker.make(2)}` }),
    freeMove: () => ({ sql: `UPDATE ${table} SET ${moved} WHERE ${maker.make(2)}` }),
    freeTwo: () => ({
      sql: `UPDATE ${table} SET ${moved}, ${name} = ${context.pick('name')} WHERE ${maker.make(1)}`,
    }),
    freeDelete: () => ({ sql: `DELETE FROM ${table} WHERE (${maker.make(1)}) AND ${maker.make(1)}` }),
  }
}

/** The kinds whose values every database compares with others of their kind. */
const COMPARED = new Set<Field['kind']>(['int', 'bigint', 'string', 'uuid', 'decimal'])

class ConditionMaker {
  readonly #context: RawContext
  readonly #fields: readonly Field[]

  constructor(context: RawContext) {
    this.#context = context
    this.#fields = context.model.fields.filter(({ kind, role }) => COMPARED.has(kind) && role !== 'computed')
  }

  value(field: Field): string {
    return sqlValue(this.#context.schema, field, this.#context.random.pick(field.domain))
  }

  make(depth: number): string {
    const { random, schema } = this.#context
    if (depth === 0) return this.#simple()
    const inner = (): string => this.make(depth - 1)
    const isMariaDb = schema.database === 'mariadb'
    return random.weighted<() => string>([
      [5, () => this.#simple()],
      [5, () => `${inner()} AND ${inner()}`],
      [3, () => `${inner()} OR ${inner()}`],
      [2, () => `(${inner()}) AND (${inner()})`],
      [2, () => `NOT (${inner()})`],
      [1, () => `CASE WHEN ${inner()} THEN ${inner()} ELSE ${inner()} END`],
      [1, () => `(${inner()}) IS NOT TRUE`],
      [1, () => `${inner()} OR 1 = 0`],
      [1, () => `${inner()} AND 1 = 1`],
      [isMariaDb ? 2 : 0, () => `${inner()} XOR ${inner()}`],
      [isMariaDb ? 1 : 0, () => `${inner()} || ${inner()}`],
      [isMariaDb ? 1 : 0, () => `${inner()} && ${inner()}`],
      [isMariaDb ? 1 : 0, () => `!(${inner()})`],
    ])()
  }

  #simple(): string {
    const { random, schema, q } = this.#context
    const [field, other] = random.sample(this.#fields, 2) as [Field, Field]
    const [one, two] = [q(field.column), q(other.column)]
    const value = (): string => this.value(field)
    const isMariaDb = schema.database === 'mariadb'
    const isNumber = field.kind === 'int' || field.kind === 'bigint'
    return random.weighted<() => string>([
      [6, () => `${one} = ${value()}`],
      [3, () => `${one} IN (${value()}, ${value()})`],
      [1, () => `${one} NOT IN (${value()}, ${value()})`],
      [1, () => `${one} <> ${value()}`],
      [1, () => `${value()} = ${one}`],
      [1, () => `${one} BETWEEN ${value()} AND ${value()}`],
      [1, () => `${one} >= ${value()}`],
      [1, () => `${one} IS NULL`],
      [1, () => `(${one}, ${two}) = (${value()}, ${this.value(other)})`],
      [
        1,
        () => `(${one}, ${two}) IN ((${value()}, ${this.value(other)}), (${value()}, ${this.value(other)}))`,
      ],
      [isNumber ? 1 : 0, () => `${one} = ${value()} + 1`],
      [isNumber ? 1 : 0, () => `${one} + 1 = ${value()}`],
      [isNumber ? 1 : 0, () => `${one} IN (${value()}, ${value()} - 1)`],
      [isMariaDb ? 1 : 0, () => `${one} <=> ${value()}`],
      [isMariaDb ? 1 : 0, () => `${one} = ${value()} = ${random.int(0, 1)}`],
      [isMariaDb ? 0 : 1, () => `${one} = ANY (ARRAY[${value()}, ${value()}])`],
      [isMariaDb ? 0 : 1, () => `${one} IS NOT DISTINCT FROM ${value()}`],
    ])()
  }
}
