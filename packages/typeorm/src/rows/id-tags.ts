import { createHash } from 'node:crypto'
import type { FreshetState } from '../state.js'

/** What TypeORM appends to an id for the queries that it makes beside the one that was asked for. */
const variants = ['', '-pagination', '-count']

/** The tag of what was read under `id`: `remove([id])` gives it a new generation. */
export function idTag(state: FreshetState, id: string): string {
  return `${prefixOf(state)}${digest(id)}`
}

/** The tags of everything that was read because of a query with this id. */
export function idTags(state: FreshetState, id: string): readonly string[] {
  return variants.map((variant) => idTag(state, id + variant))
}

const prefixes = new WeakMap<FreshetState, string>()

/** Two databases that share a cache may well use one id. No table has a name like this. */
function prefixOf(state: FreshetState): string {
  let prefix = prefixes.get(state)
  if (prefix === undefined) prefixes.set(state, (prefix = `typeorm-id:${digest(state.identity)}:`))
  return prefix
}

/** Ids are of any length and any characters, and tags stand in keys and logs. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}
