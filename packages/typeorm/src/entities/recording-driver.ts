import type { DataSource, EntityMetadata } from 'typeorm'

type Driver = DataSource['driver']
type ColumnMetadata = EntityMetadata['columns'][number]

/** Stands in an entity for a value that a transformer is still to make. */
export class Unhydrated {
  readonly stored: unknown

  constructor(stored: unknown) {
    this.stored = stored
  }
}

/**
 * `driver`, but values of columns with a transformer come as {@link Unhydrated}.
 *
 * Not those of keys: TypeORM compares them while it puts a result together.
 */
export function recordingDriver(dataSource: DataSource): Driver {
  const { driver } = dataSource
  const columns = transformedColumnsOf(dataSource)
  const prepareHydratedValue = (value: unknown, column: ColumnMetadata): unknown =>
    columns.has(column) ? new Unhydrated(value) : driver.prepareHydratedValue(value, column)
  return Object.create(driver, { prepareHydratedValue: { value: prepareHydratedValue } }) as Driver
}

const transformedColumns = new WeakMap<readonly EntityMetadata[], ReadonlySet<ColumnMetadata>>()

/** The columns whose stored value is kept, and hydrated for every answer. */
export function transformedColumnsOf(dataSource: DataSource): ReadonlySet<ColumnMetadata> {
  const { entityMetadatas } = dataSource
  let columns = transformedColumns.get(entityMetadatas)
  if (columns === undefined) {
    const keys = keyColumns(entityMetadatas)
    const transformed = entityMetadatas
      .flatMap((metadata) => metadata.columns)
      .filter((column) => column.transformer !== undefined && !keys.has(column) && !isAccessor(column))
    transformedColumns.set(entityMetadatas, (columns = new Set(transformed)))
  }
  return columns
}

function keyColumns(metadatas: readonly EntityMetadata[]): ReadonlySet<ColumnMetadata> {
  const keys = new Set<ColumnMetadata>()
  for (const metadata of metadatas) {
    for (const column of metadata.primaryColumns) keys.add(column)
    for (const { joinColumns, inverseJoinColumns } of metadata.relations) {
      for (const column of [...joinColumns, ...inverseJoinColumns]) {
        keys.add(column)
        if (column.referencedColumn !== undefined) keys.add(column.referencedColumn)
      }
    }
  }
  return keys
}

/** A setter of the user's must be given the value that it was written for. */
function isAccessor({ entityMetadata, embeddedMetadata, propertyName }: ColumnMetadata): boolean {
  const target: unknown = embeddedMetadata === undefined ? entityMetadata.target : embeddedMetadata.type
  return typeof target === 'function' && hasAccessor(target.prototype as object, propertyName)
}

/** Whether reading or setting this property of an instance calls a function of its class. */
export function hasAccessor(prototype: object, key: string): boolean {
  for (
    let next: object | null = prototype;
    next !== null;
    next = Object.getPrototypeOf(next) as object | null
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(next, key)
    if (descriptor !== undefined) return descriptor.get !== undefined || descriptor.set !== undefined
  }
  return false
}
