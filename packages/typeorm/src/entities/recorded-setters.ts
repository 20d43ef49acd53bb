import { prepareCopy } from '@freshet/core/adapter'
import type { DataSource, EntityMetadata } from 'typeorm'
import { Unhydrated } from './unhydrated.js'

type Driver = DataSource['driver']
type ColumnMetadata = EntityMetadata['columns'][number]

/** What the driver sent for columns whose properties are accessors, by entity. */
const recorded = new WeakMap<object, Map<ColumnMetadata, unknown>>()
const recording = new WeakSet<ColumnMetadata>()

/**
 * From now on, an {@link Unhydrated} value for this column is noted and hydrated before the entity's setter sees it:
 * what the setter was given cannot be told from what the getter gives. Other values are set as ever.
 */
export function recordSetter(column: ColumnMetadata, driver: Driver): void {
  if (recording.has(column)) return
  recording.add(column)
  const setEntityValue = column.setEntityValue.bind(column)
  column.setEntityValue = (entity, value) => {
    if (!(value instanceof Unhydrated)) return setEntityValue(entity, value)
    note(entity, column, value.stored)
    return setEntityValue(entity, driver.prepareHydratedValue(value.stored, column))
  }
}

function note(entity: object, column: ColumnMetadata, stored: unknown): void {
  const values = recorded.get(entity) ?? new Map<ColumnMetadata, unknown>()
  recorded.set(entity, values)
  // Copied at once: a setter may keep, or change, what it is given. What cannot be copied is refused later.
  values.set(column, prepareCopy(stored)?.master ?? stored)
}

/** What was set, as the driver had sent it; `undefined` if nothing was noted. */
export function recordedValue(
  entity: object,
  column: ColumnMetadata,
): { readonly stored: unknown } | undefined {
  const values = recorded.get(entity)
  return values?.has(column) === true ? { stored: values.get(column) } : undefined
}
