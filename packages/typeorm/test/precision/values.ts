import type { Chance } from '../../../../test/copies/chance.js'
import type { EntityMetadata } from 'typeorm'

type Column = EntityMetadata['columns'][number]

const texts = ['a', 'b', 'A', 'c'] as const
const codes = ['x', 'y', 'z'] as const

/** A value that other rows have too. */
export function valueFor(column: Column, chance: Chance): unknown {
  if (column.type === Date || column.isDeleteDate || column.isUpdateDate) return new Date(0)
  if (column.type !== 'int' && column.type !== Number) {
    if (column.isDiscriminator) return chance.of(['content', 'article'])
    return /[cC]ode$/.test(column.propertyName) ? chance.of(codes) : chance.of(texts)
  }
  return column.isPrimary || column.referencedColumn !== undefined || column.propertyName.endsWith('Id')
    ? 1 + chance.upTo(3)
    : chance.upTo(2)
}
