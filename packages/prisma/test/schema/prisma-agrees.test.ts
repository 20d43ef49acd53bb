import { describe, expect, test } from 'vitest'
import type { DataModel, ForeignKey, Model } from '../../src/schema/data-model.js'
import { readDataModel } from '../../src/schema/read-data-model.js'
import { fixture } from '../fixtures/schemas.js'
import { prismaDmmf } from './prisma-dmmf.js'

// The text knows what the DMMF leaves out: database schemas, views, ignored and unsupported fields.
function comparable(model: Model): unknown {
  const fields = [...model.fields.values()].filter(
    (field) => field.kind === 'relation' || !field.isUnsupported,
  )
  const sorted = [...model.uniques].map(({ name, fields }) => `${name ?? ''}(${fields.join()})`).sort()
  return { ...model, schema: undefined, kind: undefined, columns: undefined, fields, uniques: sorted }
}

const actionsOf = (dataModel: DataModel): ForeignKey[] =>
  dataModel.foreignKeys
    .filter(({ child }) => child !== 'legacy')
    .toSorted((a, b) => (text(a) < text(b) ? -1 : 1))
const text = (key: ForeignKey): string => JSON.stringify(key)

describe.each([
  'schema.prisma',
  'schemas/postgresql.prisma',
  'schemas/mysql.prisma',
  'schemas/sqlserver.prisma',
])('the reading of %s', (path) => {
  test('has the tables, fields, keys and relations that Prisma itself has', { timeout: 30_000 }, async () => {
    const inlineSchema = fixture(path)
    const dmmf = await prismaDmmf(inlineSchema)
    const ours = readDataModel({ inlineSchema, runtimeDataModel: dmmf })
    const prismas = readDataModel({ dmmf })

    expect(ours.gaps).toEqual([])
    const models = [...ours.models.values()].filter(({ ignored }) => !ignored)
    expect(models.map(comparable)).toEqual([...prismas.models.values()].map(comparable))
    expect(actionsOf(ours)).toEqual(actionsOf(prismas))
  })
})
