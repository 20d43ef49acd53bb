import type { DataSource, EntityMetadata } from 'typeorm'
import { recordSetter } from './recorded-setters.js'
import { Unhydrated } from './unhydrated.js'

type Driver = DataSource['driver']
type ColumnMetadata = EntityMetadata['columns'][number]

/**
 * `driver`, but values of columns with a transformer, or whose property is an accessor, come as {@link Unhydrated}.
 *
 * Not those of keys: TypeORM compares them while it puts a result together.
 */
export function recordingDriver(dataSource: DataSource): Driver {
  const { driver } = dataSource
  const columns = storedColumnsOf(dataSource)
  const prepareHydratedValue = (value: unknown, column: ColumnMetadata): unknown =>
    columns.has(column) ? new Unhydrated(value) : driver.prepareHydratedValue(value, column)
  return Object.create(driver, { prepareHydratedValue: { value: prepareHydratedValue } }) as Driver
}

const storedColumns = new WeakMap<readonly EntityMetadata[], ReadonlySet<ColumnMetadata>>()

/** The columns whose stored value is kept, and hydrated for every answer. */
export function storedColumnsOf(dataSource: DataSource): ReadonlySet<ColumnMetadata> {
  const { entityMetadatas, driver } = dataSource
  let columns = storedColumns.get(entityMetadatas)
  if (columns === undefined) {
    const keys = keyColumns(entityMetadatas)
    const all = entityMetadatas.flatMap((metadata) => metadata.columns).filter((column) => !keys.has(column))
    const accessors = all.filter(isAccessor)
    for (const column of accessors) recordSetter(column, driver)
    columns = new Set([...all.filter(({ transformer }) => transformer !== undefined), ...accessors])
    storedColumns.set(entityMetadatas, columns)
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
