import { knownColumns, type KnownColumns, valueTypeOf } from '@freshet/sql'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { schemaText } from './generate.js'

export const dataModel = readDataModel({ inlineSchema: schemaText })

const types: Readonly<Record<string, string>> = { Int: 'integer', BigInt: 'bigint', String: 'text' }

const numbers: ReadonlySet<string> = new Set(['Int', 'BigInt', 'Float', 'Decimal'])

/** The columns of `schema.prisma` as a catalogue would tell them. */
export const columnsByTable: ReadonlyMap<string, KnownColumns> = new Map([
  ...[...dataModel.models.values()].map(
    (model) =>
      [
        model.table,
        knownColumns(
          'postgresql',
          [...model.columns.values()].map(({ column, type, nativeType, optional, default: given }) => ({
            name: column,
            type: valueTypeOf('postgresql', {
              type: nativeType === 'Uuid' ? 'uuid' : (types[type] ?? 'numeric'),
              isDeterministic: true,
            }),
            nullable: optional === true,
            hasDefault: given !== undefined,
            isNumber: numbers.has(type),
          })),
        ),
      ] as const,
  ),
  ...['_friends', '_posttotag'].map(
    (table) =>
      [
        table,
        knownColumns(
          'postgresql',
          ['A', 'B'].map((name) => ({
            name,
            type: valueTypeOf('postgresql', { type: 'integer' }),
            nullable: false,
            hasDefault: false,
          })),
        ),
      ] as const,
  ),
])
