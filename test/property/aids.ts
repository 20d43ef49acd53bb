import type { Model } from './model.js'

// What raw statements use beside the tables.

/** An updatable view over a model's name, for raw writes that name a view and not its table. */
export function editView(model: Model): string {
  return `edit_${model.name.toLowerCase()}`
}

/** A volatile function that raises `rank` of every row: a write that looks like a read. */
export function touchFunction(model: Model): string {
  return `touch_${model.name.toLowerCase()}`
}

/** A table that no model has. */
export const sideTable = 'side_table'
