import { prepareCopy } from '@freshet/core/adapter'
import type { DataSource, EntityMetadata } from 'typeorm'
import type { Intervals } from '../intervals.js'
import { intervalsOf } from '../intervals.js'
import type { AliasShape, ColumnProperty, EntityProperties } from './alias-shape.js'
import type { EntityNames } from './entity-names.js'
import { entityNamesOf } from './entity-names.js'
import type { PropertyPath } from './property-path.js'
import { holderOf, pathText } from './property-path.js'
import { recordedValue } from './recorded-setters.js'
import { hasAccessor, storedColumnsOf } from './recording-driver.js'
import type { ColumnKind, NodeShape, Related } from './snapshot.js'
import { Unhydrated } from './unhydrated.js'

type ColumnMetadata = EntityMetadata['columns'][number]

const absent = Symbol('absent')
const kinds: Readonly<Record<string, ColumnKind>> = { s: 'stored', n: 'interval' }

/** Takes entities down as nodes while TypeORM has only just built them. */
export class EntityCapture {
  readonly shapes: string[] = []
  readonly nodes: unknown[][] = []
  /** Why the result cannot be kept, if so. What is taken down from then on is of no use. */
  refusal: string | undefined
  readonly #dataSource: DataSource
  readonly #names: EntityNames
  readonly #stored: ReadonlySet<ColumnMetadata>
  readonly #intervals: Intervals | undefined
  readonly #indexes = new Map<object, number>()
  readonly #shapeIndexes = new Map<EntityProperties, Map<string, number>>()

  constructor(dataSource: DataSource) {
    this.#dataSource = dataSource
    this.#names = entityNamesOf(dataSource)
    this.#stored = storedColumnsOf(dataSource)
    this.#intervals = intervalsOf(dataSource)
  }

  /** The nodes of `entities`, whose values the transformers have made once this returns. */
  captureAll(entities: readonly object[], shape: AliasShape): number[] {
    return entities.map((entity) => this.#capture(entity, shape))
  }

  /** The node that an entity has been taken down as. */
  indexOf(entity: unknown): number | undefined {
    return this.#indexes.get(entity as object)
  }

  refuse(reason: string): void {
    this.refusal ??= reason
  }

  nameOf(metadata: EntityMetadata): string {
    const name = this.#names.nameOf(metadata)
    if (name === undefined) this.refuse(`two entities are called ${metadata.name}`)
    return name ?? ''
  }

  #capture(entity: object, shape: AliasShape): number {
    const metadata = metadataOfInstance(entity, shape.metadata)
    if (metadata === undefined) this.refuse(`an object is of no class that ${shape.metadata.name} has`)
    const properties = shape.propertiesOf(metadata ?? shape.metadata)
    const node = this.#takeDown(entity, metadata ?? shape.metadata, properties)
    const index = this.nodes.push(node) - 1
    this.#indexes.set(entity, index)
    return index
  }

  #takeDown(entity: object, metadata: EntityMetadata, properties: EntityProperties): unknown[] {
    const node: unknown[] = [0]
    // One character per property: what of the properties that the query may fill this entity has.
    let presence = ''
    const note = (value: unknown, present: string) => {
      presence += value === absent ? '-' : present
      if (value !== absent) node.push(value)
    }
    for (const property of properties.columns) {
      const stored = this.#storedValue(entity, property)
      const value = stored === absent ? this.#columnValue(entity, metadata, property) : absent
      const interval = this.#intervals?.fieldsOf(value)
      if (stored !== absent) note(stored, 's')
      else if (interval !== undefined) note(interval, 'n')
      else note(value === absent ? absent : this.#plain(value, metadata, property), 'v')
    }
    for (const property of properties.relations) {
      const value = this.#ownValue(entity, metadata, property)
      note(value === undefined || value === absent ? absent : this.#related(value, property.related), 'r')
    }
    for (const path of properties.ids) {
      const value = this.#ids(entity, metadata, path)
      note(value === undefined || value === absent ? absent : this.#plain(value, metadata, path), 'i')
    }
    node[0] = this.#shapeIndex(metadata, properties, presence)
    return node
  }

  #related(value: unknown, shape: AliasShape): Related {
    if (Array.isArray(value)) return this.captureAll(value as object[], shape)
    if (typeof value === 'object' && value !== null) return this.#capture(value, shape)
    return null
  }

  /** What the driver sent, where that is what is kept. The entity then has what is made of it. */
  #storedValue(entity: object, { column, parents, key }: ColumnProperty): unknown {
    if (!this.#stored.has(column)) return absent
    const path = { parents, key }
    const set = recordedValue(entity, column)
    if (set !== undefined) return this.#plain(set.stored, column.entityMetadata, path)
    const holder = holderOf(entity, parents)
    const value = holder === undefined || hasAccessor(holder, key) ? absent : holder[key]
    if (!(value instanceof Unhydrated)) return absent
    // Copied first: a transformer may keep what it is given.
    const stored = this.#plain(value.stored, column.entityMetadata, path)
    holder![key] = this.#dataSource.driver.prepareHydratedValue(value.stored, column)
    return stored
  }

  #columnValue(entity: object, metadata: EntityMetadata, property: ColumnProperty): unknown {
    // It was not loaded: this is what the class's constructor put there, and will put there again.
    if (this.#stored.has(property.column)) return absent
    const value = this.#ownValue(entity, metadata, property)
    return value === undefined ? absent : value
  }

  #ids(entity: object, metadata: EntityMetadata, path: PropertyPath): unknown {
    const holder = holderOf(entity, path.parents)
    // Set on a lazy relation, whose accessor keeps them here.
    if (holder?.[`__has_${path.key}__`] === true) return holder[`__${path.key}__`]
    return this.#ownValue(entity, metadata, path)
  }

  #ownValue(entity: object, metadata: EntityMetadata, { parents, key }: PropertyPath): unknown {
    const holder = holderOf(entity, parents)
    if (holder === undefined) return absent
    const own = Object.getOwnPropertyDescriptor(holder, key)
    if (own !== undefined && own.get === undefined && own.set === undefined) return own.value
    if (own !== undefined || hasAccessor(holder, key)) {
      this.refuse(`${metadata.name}.${pathText({ parents, key })} is an accessor of its class`)
    }
    return absent
  }

  #plain(value: unknown, metadata: EntityMetadata, path: PropertyPath): unknown {
    if (typeof value !== 'object' || value === null) {
      if (typeof value !== 'function' && typeof value !== 'symbol') return value
    } else {
      const copy = prepareCopy(value)
      if (copy !== undefined) return copy.master
    }
    this.refuse(`${metadata.name}.${pathText(path)} holds ${describe(value)}`)
    return null
  }

  #shapeIndex(metadata: EntityMetadata, properties: EntityProperties, presence: string): number {
    let indexes = this.#shapeIndexes.get(properties)
    if (indexes === undefined) this.#shapeIndexes.set(properties, (indexes = new Map()))
    let index = indexes.get(presence)
    if (index === undefined) {
      index = this.shapes.push(JSON.stringify(this.#describeShape(metadata, properties, presence))) - 1
      indexes.set(presence, index)
    }
    return index
  }

  #describeShape(metadata: EntityMetadata, properties: EntityProperties, presence: string): NodeShape {
    const { columns, relations, ids } = properties
    const isPresent = (offset: number) => (_: unknown, index: number) => presence[offset + index] !== '-'
    const kindAt = (index: number): ColumnKind => kinds[presence[index]!] ?? 'value'
    return {
      entity: this.nameOf(metadata),
      columns: columns.map((path, index) => [pathText(path), kindAt(index)] as const).filter(isPresent(0)),
      relations: relations.filter(isPresent(columns.length)).map(pathText),
      ids: ids.filter(isPresent(columns.length + relations.length)).map(pathText),
    }
  }
}

/** The entity's own, or that of the child class which TypeORM chose by the discriminator. */
function metadataOfInstance(entity: object, metadata: EntityMetadata): EntityMetadata | undefined {
  // Without a class, an object does not tell which child it is.
  if (typeof metadata.target !== 'function')
    return metadata.childEntityMetadatas.length === 0 ? metadata : undefined
  const prototype: unknown = Object.getPrototypeOf(entity)
  return [metadata, ...metadata.childEntityMetadatas].find(
    ({ target }) => typeof target === 'function' && target.prototype === prototype,
  )
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object' && name !== 'Array'
    ? `an instance of ${name}`
    : 'a value that cannot be copied'
}
