import {
  modelOf,
  type End,
  type Field,
  type ForeignKey,
  type ManyToMany,
  type Model,
  type Schema,
} from '../model.js'
import type { Random } from '../random.js'

/** What only TypeORM knows of a model: how its class is made beyond columns and relations. */
export interface Trait {
  readonly tree?: 'closure-table' | 'materialized-path' | 'nested-set'
  /** Entities that share the model's table, told apart by the column `kind`. */
  readonly children?: readonly string[]
  /** Has a version, a date of deletion, and embedded objects. */
  readonly isDocument?: boolean
}

/** A schema with the models that TypeORM's own forms of entities need. */
export interface ExtendedSchema {
  readonly schema: Schema
  readonly traits: ReadonlyMap<string, Trait>
}

const NAMES = ['ann', 'Ann', 'bob', 'cy', '']

/**
 * Adds a document with soft delete, version, embedded objects, a table of two classes, and a tree of each kind, in
 * relation with the models that are there.
 */
export function withExtras(schema: Schema, random: Random): ExtendedSchema {
  const models = [...schema.models]
  const relations = [...schema.relations]
  const extended: Schema = { ...schema, models, relations }
  const add = (model: Model): Model => {
    models.push(model)
    return model
  }
  const owner = random.pick(models.filter(({ id, fields }) => id.length === 1 && fields[0]?.kind === 'int'))
  const doc = add(
    plainModel('Doc', 'doc', [
      special('version', 'int', [1]),
      special('deletedAt', 'dateTime', [null, null, null, new Date('2024-02-03T04:05:06.007Z')]),
      special('metaTitle', 'string', NAMES),
      special('metaDeepSize', 'int', [0, 1, 2]),
    ]),
  )
  const piece = add(
    plainModel('Piece', 'All pieces', [
      special('kind', 'string', ['circle', 'square']),
      special('radius', 'int', [null, 1, 2]),
      special('side', 'int', [null, 1, 2]),
    ]),
  )
  const topic = add(plainModel('Topic', 'topic', []))
  const folder = add(plainModel('Folder', 'folder', [special('mpath', 'string', [''])]))
  const place = add(
    plainModel('Place', 'Place', [special('nsleft', 'int', [1]), special('nsright', 'int', [2])]),
  )
  const relate = (child: Model, parent: Model, name: string, onDelete: ForeignKey['onDelete']): void =>
    addKey(relations, child, parent, name, onDelete)
  relate(doc, owner, 'x1', 'Cascade')
  relate(piece, doc, 'x2', 'SetNull')
  for (const tree of [topic, folder, place])
    relate(tree, tree, `x${3 + [topic, folder, place].indexOf(tree)}`, 'Cascade')
  addManyToMany(relations, doc, topic, 'M90')
  return {
    schema: extended,
    traits: new Map<string, Trait>([
      ['Doc', { isDocument: true }],
      ['Piece', { children: ['Circle', 'Square'] }],
      ['Topic', { tree: 'closure-table' }],
      ['Folder', { tree: 'materialized-path' }],
      ['Place', { tree: 'nested-set' }],
    ]),
  }
}

/** The relation that a tree is made of, from a node to its parent. */
export function parentEnd(schema: Schema, model: string): End {
  const end = modelOf(schema, model).ends.find(({ ownsKey, target }) => ownsKey && target === model)
  if (!end) throw new Error(`The model ${model} is no tree.`)
  return end
}

/** Brings the trees into order after their rows were inserted: each node below the one before it. */
export function treeStatements(
  quote: (name: string) => string,
  { schema, traits }: ExtendedSchema,
): string[] {
  return [...traits].flatMap(([name, { tree }]) => {
    if (tree === undefined) return []
    const table = quote(modelOf(schema, name).table)
    const parent = quote(`${parentEnd(schema, name).field}Id`)
    const chain = `UPDATE ${table} SET ${parent} = NULLIF(id - 1, 0)`
    const rest = {
      'closure-table':
        `INSERT INTO ${quote(closureTable(name))} (id_ancestor, id_descendant) ` +
        `SELECT a.id, d.id FROM ${table} a JOIN ${table} d ON a.id <= d.id`,
      'materialized-path':
        `UPDATE ${table} SET mpath = ` +
        `(SELECT string_agg(n::text, '.' ORDER BY n) || '.' FROM generate_series(1, ${table}.id) n)`,
      'nested-set': `UPDATE ${table} SET nsleft = id, nsright = 11 - id`,
    }[tree]
    return [chain, rest]
  })
}

function closureTable(name: string): string {
  return `${name.toLowerCase()}_closure`
}

function plainModel(name: string, table: string, more: readonly Field[]): Model {
  const key: Field = { ...special('id', 'int', [1, 2, 3, 4, 5, 6, 7]), role: 'id' }
  const fields: Field[] = [
    key,
    { ...special('name', 'string', NAMES), role: 'data' },
    { ...special('rank', 'int', [0, 1, 2, 3]), role: 'data' },
    ...more,
  ]
  return { name, table, fields, id: ['id'], hasSequence: true, compoundUniques: [], ends: [] }
}

/** A column that seeds and raw statements fill, and of which only TypeORM knows what it is. */
function special(name: string, kind: Field['kind'], domain: readonly unknown[]): Field {
  return {
    name,
    column: name,
    kind,
    domain,
    optional: false,
    attributes: [],
    isUnique: false,
    role: 'special',
  }
}

function addKey(
  relations: Schema['relations'][number][],
  child: Model,
  parent: Model,
  field: string,
  onDelete: ForeignKey['onDelete'],
): void {
  const column = `${field}Id`
  const relation: ForeignKey = {
    type: 'foreignKey',
    name: field,
    child: child.name,
    parent: parent.name,
    columns: [column],
    references: ['id'],
    optional: true,
    oneToOne: false,
    onDelete,
    onUpdate: undefined,
  }
  relations.push(relation)
  const { column: _, ...source } = parent.fields[0]!
  child.fields.push({ ...source, name: column, column, optional: true, role: 'foreignKey', attributes: [] })
  const end = { relation, optional: true }
  child.ends.push({ ...end, field, model: child.name, target: parent.name, isList: false, ownsKey: true })
  parent.ends.push({
    ...end,
    field: `${field}List`,
    model: parent.name,
    target: child.name,
    isList: true,
    ownsKey: false,
  })
}

function addManyToMany(relations: Schema['relations'][number][], a: Model, b: Model, name: string): void {
  const relation: ManyToMany = { type: 'manyToMany', name, a: a.name, b: b.name }
  relations.push(relation)
  const end = { relation, isList: true, ownsKey: false, optional: true }
  a.ends.push({ ...end, field: `${name.toLowerCase()}A`, model: a.name, target: b.name })
  b.ends.push({ ...end, field: `${name.toLowerCase()}B`, model: b.name, target: a.name })
}
