import type { Action, Field, ForeignKey, ManyToMany, Model, Relation, ScalarKind } from './model.js'
import { fieldOf } from './model.js'

/** Puts a schema together that is the same in every run. Every model has a name and a rank. */
export class SchemaBuilder {
  readonly models: Model[] = []
  readonly relations: Relation[] = []
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  model(name: string, table: string, keys: readonly Field[], hasSequence = false): Model {
    const model: Model = {
      name,
      table,
      fields: [
        ...keys.map((field) =>
          hasSequence
            ? { ...field, attributes: ['@id', '@default(autoincrement())'] }
            : { ...field, attributes: ['@id', ...field.attributes] },
        ),
        plain('name', 'string', this.#names),
        plain('rank', 'int', [0, 1, 2]),
      ],
      id: keys.map((field) => field.name),
      hasSequence,
      compoundUniques: [],
      ends: [],
    }
    this.models.push(model)
    return model
  }

  key(child: Model, parent: Model, field: string, options: KeyOptions): void {
    const {
      optional = false,
      onDelete,
      onUpdate,
      oneToOne = false,
      references = parent.id,
      inKey = false,
    } = options
    const columns = references.map((reference) => `${field}${capital(reference)}`)
    references.forEach((reference, index) => {
      const source = fieldOf(parent, reference)
      child.fields.push({
        ...plain(columns[index]!, source.kind, source.domain),
        column: `${field}_${reference}`,
        optional,
        attributes: source.attributes.filter((attribute) => attribute.startsWith('@db.')),
        isUnique: oneToOne && references.length === 1,
        role: 'foreignKey',
        ...(source.sqlType === undefined ? {} : { sqlType: source.sqlType }),
        isFolded: source.isFolded === true,
      })
    })
    if (inKey) (child.id as string[]).push(...columns)
    const relation: ForeignKey = {
      type: 'foreignKey',
      name: `${child.name}${capital(field)}`,
      child: child.name,
      parent: parent.name,
      columns,
      references,
      optional,
      oneToOne,
      onDelete,
      onUpdate,
    }
    this.relations.push(relation)
    const end = { relation, optional }
    const back = `${child.name.toLowerCase()}Of${capital(field)}`
    child.ends.push({ ...end, field, model: child.name, target: parent.name, isList: false, ownsKey: true })
    parent.ends.push({
      ...end,
      field: back,
      model: parent.name,
      target: child.name,
      isList: !oneToOne,
      ownsKey: false,
    })
  }

  manyToMany(a: Model, b: Model): void {
    const number = this.relations.length + 1
    const relation: ManyToMany = { type: 'manyToMany', name: `M${number}`, a: a.name, b: b.name }
    this.relations.push(relation)
    const end = { relation, isList: true, ownsKey: false, optional: true }
    a.ends.push({ ...end, field: `m${number}A`, model: a.name, target: b.name })
    b.ends.push({ ...end, field: `m${number}B`, model: b.name, target: a.name })
  }
}

interface KeyOptions {
  readonly optional?: boolean
  readonly onDelete?: Action
  readonly onUpdate?: Action
  readonly oneToOne?: boolean
  readonly references?: readonly string[]
  /** The foreign key is a part of the child's primary key. */
  readonly inKey?: boolean
}

export function key(name: string, kind: ScalarKind, domain: readonly unknown[]): Field {
  return { ...plain(name, kind, domain), role: 'id' }
}

export function plain(name: string, kind: ScalarKind, domain: readonly unknown[]): Field {
  return { name, column: name, kind, domain, optional: false, attributes: [], isUnique: false, role: 'data' }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
