import { copyOut } from '@freshet/core/adapter'
import type { DataSource, EntityMetadata, QueryRunner } from 'typeorm'
import type { Intervals } from '../intervals.js'
import { intervalsOf } from '../intervals.js'
import { OutdatedSnapshot } from './outdated-snapshot.js'
import { parsePath } from './property-path.js'
import type { ColumnKind, NodeShape, Related } from './snapshot.js'

type ColumnMetadata = EntityMetadata['columns'][number]
type EmbeddedMetadata = EntityMetadata['embeddeds'][number]
type Fields = Record<string, unknown>

/** A property of a shape: where its value goes. */
interface Place {
  readonly key: string
  /** The embedded objects on the way; `undefined` for one that TypeORM makes a plain object. */
  readonly parents: readonly (readonly [key: string, embedded: EmbeddedMetadata | undefined])[]
  /** Hydrates what the driver had sent. */
  readonly stored: ColumnMetadata | undefined
  readonly interval: Intervals | undefined
}

const fromDatabase = { fromDeserializer: true }
const anything = { kind: 'any' } as const

/** Builds the entities of one shape: what that takes has been looked up once. */
export class NodeBuilder {
  /** Whether the entity's class has `@AfterLoad` listeners. */
  readonly hasListeners: boolean
  readonly #metadata: EntityMetadata
  readonly #driver: DataSource['driver']
  readonly #columns: readonly Place[]
  /** The keys of `columns`, if there is nothing more to them than a key. */
  readonly #plainKeys: readonly string[] | undefined
  readonly #relations: readonly Place[]
  readonly #ids: readonly Place[]

  constructor(dataSource: DataSource, metadata: EntityMetadata, shape: NodeShape) {
    this.#metadata = metadata
    this.#driver = dataSource.driver
    const intervals = intervalsOf(dataSource)
    this.#columns = shape.columns.map(([path, kind]) => placeOf(metadata, path, kind, intervals))
    this.#relations = shape.relations.map((path) => placeOf(metadata, path))
    this.#ids = shape.ids.map((path) => placeOf(metadata, path))
    this.#plainKeys = this.#columns.every(
      ({ parents, stored, interval }) =>
        parents.length === 0 && stored === undefined && interval === undefined,
    )
      ? this.#columns.map(({ key }) => key)
      : undefined
    this.hasListeners = metadata.afterLoadListeners.length > 0
  }

  /**
   * @param built the entities of the nodes before this one
   * @param runner what its lazy relations are read through; by default each through one of its own
   */
  build(node: readonly unknown[], built: readonly object[], runner: QueryRunner | undefined): object {
    const entity = this.#metadata.create(runner, fromDatabase) as Fields
    let next =
      this.#plainKeys === undefined ? this.#setColumns(entity, node) : setPlain(entity, this.#plainKeys, node)
    for (const place of this.#relations) {
      holderAt(entity, place)[place.key] = relatedOf(node[next++] as Related, built)
    }
    for (const place of this.#ids) holderAt(entity, place)[place.key] = copied(node[next++])
    return entity
  }

  #setColumns(entity: Fields, node: readonly unknown[]): number {
    let next = 1
    for (const place of this.#columns) {
      const value = copied(node[next++])
      const holder = place.parents.length === 0 ? entity : holderAt(entity, place)
      holder[place.key] = this.#made(value, place)
    }
    return next
  }

  #made(value: unknown, { stored, interval }: Place): unknown {
    if (interval !== undefined) return interval.made(value)
    return stored === undefined ? value : (this.#driver.prepareHydratedValue(value, stored) as unknown)
  }
}

function setPlain(entity: Fields, keys: readonly string[], node: readonly unknown[]): number {
  for (let i = 0; i < keys.length; i++) {
    const value = node[i + 1]
    entity[keys[i]!] = typeof value === 'object' && value !== null ? copyOut(value, anything) : value
  }
  return keys.length + 1
}

/** The snapshot stays whole: a caller may change what it is given. */
function copied(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? copyOut(value, anything) : value
}

/** The entities of a relation, from those built so far. */
export function relatedOf(related: Related, built: readonly object[]): object | object[] | null {
  if (related === null) return null
  return typeof related === 'number' ? built[related]! : related.map((index) => built[index]!)
}

function holderAt(entity: Fields, { parents }: Place): Fields {
  let holder = entity
  for (const [key, embedded] of parents) holder = (holder[key] ??= embedded?.create() ?? {}) as Fields
  return holder
}

function placeOf(
  metadata: EntityMetadata,
  path: string,
  kind: ColumnKind = 'value',
  intervals?: Intervals,
): Place {
  if (kind === 'interval' && intervals === undefined) throw new OutdatedSnapshot(`intervals (${path})`)
  const { parents, key } = parsePath(path)
  let embeddeds: readonly EmbeddedMetadata[] = metadata.embeddeds
  return {
    key,
    parents: parents.map((parent) => {
      const embedded = embeddeds.find(({ propertyName }) => propertyName === parent)
      embeddeds = embedded?.embeddeds ?? []
      return [parent, embedded]
    }),
    stored: kind === 'stored' ? columnAt(metadata, path) : undefined,
    interval: kind === 'interval' ? intervals : undefined,
  }
}

function columnAt(metadata: EntityMetadata, path: string): ColumnMetadata {
  const column = metadata.columns.find(({ propertyPath, isVirtual }) => propertyPath === path && !isVirtual)
  if (column === undefined) throw new OutdatedSnapshot(`a column ${metadata.name}.${path}`)
  return column
}
