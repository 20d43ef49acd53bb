import type { ReadPlan, RelationPlan } from './read-plan.js'

/*
 * The walk through the arguments of a read. Each function adds the tables that its part reaches, and
 * answers whether it understood the part: an answer of false makes the read depend on everything, so
 * whatever a later Prisma adds can widen a result and never narrow it. Values are looked at only to leave
 * out what Prisma leaves out itself, `undefined` everywhere and `false` in a selection. `Prisma.skip` is an
 * object without properties here: at worst a relation counts that was skipped.
 */

/** The tables met so far. A read meets few: an array is faster than a set. */
export type Met = string[]

/** Adds the tables of a model. */
export function reach(plan: ReadPlan, met: Met): boolean {
  if (plan.tables === undefined) return false
  for (const table of plan.tables) add(table, met)
  return true
}

function add(table: string, met: Met): void {
  if (!met.includes(table)) met.push(table)
}

function follow({ target, joinTable }: RelationPlan, met: Met): boolean {
  if (joinTable !== undefined) add(joinTable, met)
  return reach(target, met)
}

/** The arguments of an operation, or of a relation inside `select` and `include`. */
export function walkQuery(args: unknown, plan: ReadPlan, met: Met): boolean {
  return eachEntry(args, (key, value) => {
    switch (key) {
      case 'where':
      case 'cursor':
      case 'having':
        return walkWhere(value, plan, met)
      case 'select':
      case 'include':
        return walkSelection(value, plan, met)
      case 'orderBy':
        return eachItem(value, (item) => walkOrder(item, plan, met))
      default:
        return harmlessArguments.has(key)
    }
  })
}

// They choose among the rows and columns of tables that are reached anyway.
const harmlessArguments: ReadonlySet<string> = new Set([
  'omit',
  'take',
  'skip',
  'distinct',
  'by',
  'relationLoadStrategy',
  '_count',
  '_avg',
  '_sum',
  '_min',
  '_max',
])

function walkWhere(where: unknown, plan: ReadPlan, met: Met): boolean {
  return eachEntry(where, (key, value) => walkCondition(key, value, plan, met))
}

function walkCondition(key: string, value: unknown, plan: ReadPlan, met: Met): boolean {
  if (plan.scalars.has(key)) return true
  const relation = plan.relations.get(key)
  if (relation !== undefined) return follow(relation, met) && walkRelationFilter(value, relation.target, met)
  if (key !== 'AND' && key !== 'OR' && key !== 'NOT') return false
  return eachItem(value, (item) => walkWhere(item, plan, met))
}

const relationOperators: ReadonlySet<string> = new Set(['some', 'every', 'none', 'is', 'isNot'])

/** `{ some: … }`, `{ is: … }`, or the conditions of a to-one relation without an operator. */
function walkRelationFilter(filter: unknown, target: ReadPlan, met: Met): boolean {
  return eachEntry(filter, (key, value) => {
    if (!relationOperators.has(key)) return walkCondition(key, value, target, met)
    // A field with the name of an operator: which of the two is meant cannot be told.
    if (target.scalars.has(key) || target.relations.has(key)) return false
    return walkWhere(value, target, met)
  })
}

function walkSelection(selection: unknown, plan: ReadPlan, met: Met): boolean {
  return eachEntry(selection, (key, value) => {
    if (value === false) return true
    const relation = plan.relations.get(key)
    if (relation !== undefined) return follow(relation, met) && walkSelected(value, relation.target, met)
    if (key === '_count') return walkCount(value, plan, met)
    // `_all` stands in the `select` of a count.
    return plan.scalars.has(key) || key === '_all'
  })
}

function walkSelected(value: unknown, target: ReadPlan, met: Met): boolean {
  return value === true || walkQuery(value, target, met)
}

/** `_count: true` counts every list; `_count: { select: { posts: { where } } }` those that it names. */
function walkCount(count: unknown, plan: ReadPlan, met: Met): boolean {
  let named = false
  const understood =
    count === true ||
    eachEntry(count, (key, value) => {
      named = true
      return key === 'select' && walkSelection(value, plan, met)
    })
  return understood && (named || followCounted(plan, met))
}

function followCounted(plan: ReadPlan, met: Met): boolean {
  for (const relation of plan.relations.values()) {
    if (relation.counted && !follow(relation, met)) return false
  }
  return true
}

const orderAggregates: ReadonlySet<string> = new Set(['_count', '_avg', '_sum', '_min', '_max', '_relevance'])

function walkOrder(order: unknown, plan: ReadPlan, met: Met): boolean {
  return eachEntry(order, (key, value) => {
    const relation = plan.relations.get(key)
    if (relation !== undefined) return follow(relation, met) && walkOrder(value, relation.target, met)
    return plan.scalars.has(key) || orderAggregates.has(key)
  })
}

/** One or an array of them. */
function eachItem(value: unknown, walk: (item: unknown) => boolean): boolean {
  return Array.isArray(value) ? value.every(walk) : walk(value)
}

/** Every property that is there; an absent object has none, anything but an object is not understood. */
function eachEntry(value: unknown, walk: (key: string, value: unknown) => boolean): boolean {
  if (value === undefined || value === null) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  // Prisma reads inherited properties too.
  for (const key in value) {
    const property = (value as Record<string, unknown>)[key]
    if (property !== undefined && !walk(key, property)) return false
  }
  return true
}
