import type { Database, Model, Schema } from './model.js'
import { fieldOf } from './model.js'
import type { Random } from './random.js'
import { key, plain, SchemaBuilder } from './schema-builder.js'

/** The name by which a run asks for this schema. */
export const NARROW = 'narrow'

export const OWNERS = [1, 2, 3]
export const ITEMS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
export const LINES = [1, 2, 3, 4, 5, 6, 7, 8]
export const LABELS = [1, 2, 3]
export const RANKS = [0, 1, 2, 3, 4]
export const CODES = ['c1', 'c2', 'c3', 'c4', 'c5']

/**
 * Four tables of which few questions are asked, and those in many words: nearly every answer tells something of the rows that another one is
 * made of, and nearly every write touches what some answer has told. What is known of rows that no answer shows is tried here.
 */
export function narrowSchema(database: Database): Schema {
  const builder = new SchemaBuilder(['a', 'b'])
  const owner = builder.model('Owner', 'owner', [key('id', 'int', OWNERS)], true)
  const item = builder.model('Item', 'item', [key('id', 'int', ITEMS)], true)
  // Its name begins as another one's does.
  const line = builder.model('Line', 'item_line', [key('id', 'int', LINES)], true)
  const label = builder.model('Label', 'label', [key('id', 'int', LABELS)], true)
  for (const model of [owner, label])
    model.fields.push({ ...plain('code', 'string', CODES), role: 'code', isUnique: true })
  for (const model of builder.models) rankOf(model, RANKS)
  builder.key(item, owner, 'owner', { onDelete: 'Cascade' })
  builder.key(item, owner, 'buyer', { optional: true, onDelete: 'SetNull' })
  builder.key(line, item, 'item', { onDelete: 'Cascade' })
  builder.manyToMany(item, label)
  return {
    name: `narrow-${database}`,
    database,
    isTiny: true,
    isNarrow: true,
    enumName: 'Level',
    models: builder.models,
    relations: builder.relations,
    views: [],
  }
}

function rankOf(model: Model, domain: readonly number[]): void {
  Object.assign(fieldOf(model, 'rank'), { domain })
}

/** More than there are, and often another number: of the same rows there are many questions that nobody has asked yet. */
export const more = (random: Random): number => random.int(20, 40)

/** A new item. */
export function itemOf(random: Random): Record<string, unknown> {
  return {
    ...(random.chance(0.5) ? { id: random.pick(ITEMS) } : {}),
    name: 'a',
    rank: random.pick(RANKS),
    ownerId: random.pick(OWNERS),
    ...(random.chance(0.6) ? { buyerId: random.pick(OWNERS) } : {}),
  }
}
