import type { JudgedGroup } from '../precision/judged-group.js'
import type { ShownGroup } from '../precision/shown-group.js'

/**
 * A loaded result as plain data: what stands in the cache in place of entities.
 *
 * It holds every entity as TypeORM had built it from rows, before any `@AfterLoad` or subscriber has seen it, with the
 * database's values in place of those that a value transformer makes.
 */
export interface EntitySnapshot {
  /** What the nodes look like: texts of {@link NodeShape}, each once. */
  readonly shapes: readonly string[]
  /**
   * The entities: the index of its shape, then the values of `columns`, `relations` and `ids` in that order. A related
   * entity is the index of its node, which stands before: an entity that is reached twice is one node.
   */
  readonly nodes: readonly (readonly unknown[])[]
  /** The result itself. */
  readonly roots: readonly number[]
  /** Whom TypeORM told its listeners about, in that order. */
  readonly events: readonly LoadedNodes[]
  /** Relations that were read by queries of their own, and so were not there yet when the listeners were called. */
  readonly late: readonly LateRelation[]
  /** The rows that it was made of, for changes that name none: only where these are asked, in the memory of this process. */
  shown?: readonly ShownGroup[]
  /** The same of rows that are not among them. */
  judged?: readonly JudgedGroup[]
}

/** What one entity consists of. */
export interface NodeShape {
  /** The name under which {@link EntityNames} finds its metadata. */
  readonly entity: string
  /** Paths of the columns, and how each value becomes the property's. */
  readonly columns: readonly (readonly [path: string, kind: ColumnKind])[]
  /** Paths of what was joined, as properties: `__author__` for a lazy relation. */
  readonly relations: readonly string[]
  /** Paths of ids of related entities. */
  readonly ids: readonly string[]
}

/**
 * `stored`: what the driver sent, still to be hydrated, by a value transformer among others. `interval`: the fields of
 * an interval of PostgreSQL's.
 */
export type ColumnKind = 'value' | 'stored' | 'interval'

export interface LoadedNodes {
  readonly entity: string
  readonly nodes: readonly number[]
}

export interface LateRelation {
  readonly path: string
  readonly owners: readonly number[]
  /** Per owner. */
  readonly related: readonly Related[]
}

export type Related = number | readonly number[] | null
