import type {
  Action,
  Database,
  Field,
  ForeignKey,
  ManyToMany,
  Model,
  Relation,
  ScalarKind,
  Schema,
} from './model.js'
import { fieldOf } from './model.js'
import { ENUM_VALUES } from './random-schema.js'

/** The name by which a run asks for this schema. */
export const TINY = 'tiny'

/**
 * A schema whose columns have so few values that rows move between sets all the time, with every type of key and
 * every rule of the database that changes a value by itself.
 */
export function tinySchema(database: Database): Schema {
  return new TinySchema(database).make()
}

/** What a database calls equal is not what JavaScript does: case, blanks at the end, accents. */
const TEXTS = ['a', 'A', 'a ', 'é', 'b']
const WORDS = ['a', 'A', 'b']
const CODES = ['k1', 'K2', 'k3 ', 'é', 'k5', 'K1', 'e', 'k7', 'k3', 'k8']
const UUIDS = [1, 2, 3, 4, 5, 6, 7].map((n) => `abcdef00-0000-4000-8000-00000000000${n}`)
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8]
const BYTES = [[1], [1, 0], [0, 255], [7], [97], [65], [9]].map((list) => new Uint8Array(list))

class TinySchema {
  readonly #database: Database
  readonly #relations: Relation[] = []
  readonly #models: Model[] = []

  constructor(database: Database) {
    this.#database = database
  }

  make(): Schema {
    const [club, person, post, tag, comment] = this.#main()
    this.#key(person, club, 'club', { optional: true, onDelete: 'SetNull' })
    this.#key(person, person, 'boss', { optional: true, onDelete: 'SetNull', onUpdate: this.#own })
    this.#key(post, person, 'author', { onDelete: 'Cascade' })
    this.#key(post, person, 'editor', { optional: true, onDelete: 'SetNull' })
    this.#key(post, person, 'reviewer', { optional: true, references: ['code'] })
    this.#key(comment, post, 'post', { onDelete: 'Cascade', inKey: true })
    this.#key(comment, person, 'by', { optional: true, onDelete: 'SetNull' })
    comment.fields.push(key('no', 'int', [1, 2, 3]))
    ;(comment.id as string[]).push('no')
    const mark = this.#model('Mark', 'mark', [key('id', 'int', NUMBERS)], true)
    this.#key(mark, comment, 'comment', { optional: true, onDelete: 'SetNull' })
    const profile = this.#model('Profile', 'profile', [key('id', 'int', NUMBERS)], true)
    this.#key(profile, person, 'owner', { optional: true, onDelete: 'Cascade', oneToOne: true })
    this.#manyToMany(person, person)
    this.#manyToMany(post, tag)
    this.#links(person, tag)
    post.compoundUniques.push(['authorId', 'kind', 'name'])
    this.#oddKeys(tag)
    // MariaDB's own collation knows neither case nor accents nor blanks at the end.
    if (this.#database === 'mariadb') {
      for (const field of this.#models.flatMap(({ fields }) => fields))
        if (field.kind === 'string') Object.assign(field, { isFolded: true })
    }
    return {
      name: `tiny-${this.#database}`,
      database: this.#database,
      isTiny: true,
      enumName: 'Level',
      models: this.#models,
      relations: this.#relations,
      views: [
        {
          name: 'Summary',
          table: 'summary_view',
          fields: [
            { ...plain('id', 'int', NUMBERS), isUnique: true },
            plain('name', 'string', TEXTS),
            plain('total', 'bigint', [0n, 1n, 2n]),
          ],
          sources: ['Person', 'Post'],
          template:
            `SELECT p.{Person.id} AS "id", p.{Person.name} AS "name", count(c.{Post.authorId}) AS "total" ` +
            `FROM {Person} p LEFT JOIN {Post} c ON c.{Post.authorId} = p.{Person.id} GROUP BY p.{Person.id}, p.{Person.name}`,
        },
      ],
    }
  }

  #main(): [Model, Model, Model, Model, Model] {
    const isMariaDb = this.#database === 'mariadb'
    const club = this.#model('Club', 'Clubs And Co', [this.#uuid('id')])
    this.#retype(club, 'name', 'CHAR(3)', '@db.Char(3)')
    const person = this.#model('Person', 'people', [key('id', 'int', NUMBERS)], true)
    person.fields.push(
      { ...plain('code', 'string', CODES), column: 'Code', role: 'code', isUnique: true },
      { ...plain('level', 'enum', ENUM_VALUES), optional: true },
      { ...plain('score', 'float', [0, -0, 0.5]), optional: true, isFolded: true },
      { ...plain('seenAt', 'dateTime', DATES), optional: true, column: 'seen_at' },
      { ...plain('changedAt', 'dateTime', DATES), attributes: ['@updatedAt'], role: 'updatedAt' },
    )
    if (!isMariaDb)
      for (const name of ['name', 'code']) {
        this.#retype(person, name, 'CITEXT', '@db.Citext')
        Object.assign(fieldOf(person, name), { isFolded: true })
      }
    const post = this.#model('Post', 'tbl_post', [key('id', 'bigint', NUMBERS.map(BigInt))], true)
    post.fields.push(
      {
        ...plain('published', 'boolean', [true, false]),
        sqlDefault: 'FALSE',
        attributes: ['@default(dbgenerated())'],
      },
      { ...plain('price', 'decimal', ['1.10', '1.1', '2']), optional: true, column: 'Price' },
      {
        ...plain('kind', 'string', WORDS),
        sqlDefault: `'a'`,
        attributes: ['@default(dbgenerated())'],
      },
      // From another column of the row, by a rule of the table.
      {
        ...plain('twice', 'int', [0, 2, 4, 6]),
        optional: true,
        role: 'computed',
        sqlRule: 'GENERATED ALWAYS AS (views * 2) STORED',
        attributes: ['@default(dbgenerated())'],
      },
      ...(isMariaDb ? [stamp] : []),
    )
    Object.assign(fieldOf(post, 'rank'), { column: 'views' })
    const tag = this.#model('Tag', 'Tag', [key('id', 'string', CODES)])
    const comment = this.#model('Comment', 'comment', [])
    return [club, person, post, tag, comment]
  }

  /** Keys that are a level and bytes, the second with a trigger. */
  #oddKeys(tag: Model): void {
    const shelf = this.#model('Shelf', 'shelf', [key('id', 'enum', ENUM_VALUES)])
    const chip = this.#model('Chip', 'chip', [
      { ...key('id', 'bytes', BYTES), attributes: this.#native('@db.VarBinary(16)') },
    ])
    chip.fields.push({
      ...plain('echo', 'int', [0, 1, 2]),
      optional: true,
      role: 'computed',
      sqlRule: 'NULL',
      attributes: ['@default(dbgenerated())'],
    })
    Object.assign(chip, { trigger: { sets: 'echo', to: 'rank' } })
    this.#key(chip, shelf, 'shelf', { optional: true, onDelete: 'SetNull' })
    this.#key(chip, tag, 'tag', { optional: true, onDelete: 'Cascade' })
    const crumb = this.#model('Crumb', 'crumb', [key('id', 'int', NUMBERS)], true)
    this.#key(crumb, chip, 'chip', { optional: true, onDelete: 'SetNull' })
  }

  /** A table between two, written out. */
  #links(a: Model, b: Model): void {
    const link = this.#model('Link', 'link_table', [])
    this.#key(link, a, 'one', { onDelete: 'Cascade', inKey: true })
    this.#key(link, b, 'other', { onDelete: 'Cascade', inKey: true })
  }

  /** InnoDB refuses an update that a foreign key would carry on within its own table. */
  get #own(): Action {
    return this.#database === 'mariadb' ? 'NoAction' : 'Cascade'
  }

  #model(name: string, table: string, keys: readonly Field[], hasSequence = false): Model {
    const model: Model = {
      name,
      table,
      fields: [
        ...keys.map((field) =>
          hasSequence
            ? { ...field, attributes: ['@id', '@default(autoincrement())'] }
            : { ...field, attributes: ['@id', ...field.attributes] },
        ),
        plain('name', 'string', TEXTS),
        plain('rank', 'int', [0, 1, 2]),
      ],
      id: keys.map((field) => field.name),
      hasSequence,
      compoundUniques: [],
      ends: [],
    }
    this.#models.push(model)
    return model
  }

  #uuid(name: string): Field {
    return {
      ...key(name, 'uuid', UUIDS),
      attributes: [this.#database === 'mariadb' ? '@db.Char(36)' : '@db.Uuid'],
    }
  }

  #native(attribute: string): string[] {
    return this.#database === 'mariadb' ? [attribute] : []
  }

  #retype(model: Model, name: string, sqlType: string, attribute: string): void {
    Object.assign(fieldOf(model, name), { sqlType, attributes: [attribute] })
  }

  #key(child: Model, parent: Model, field: string, options: KeyOptions): void {
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
    this.#relations.push(relation)
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

  #manyToMany(a: Model, b: Model): void {
    const number = this.#relations.length + 1
    const relation: ManyToMany = { type: 'manyToMany', name: `M${number}`, a: a.name, b: b.name }
    this.#relations.push(relation)
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

const DATES = [new Date('2024-01-01T00:00:00.000Z'), new Date('2024-06-30T23:59:59.123Z')]

/** Set by MariaDB whenever another column of the row changes. */
const stamp: Field = {
  ...plain('stamp', 'dateTime', DATES),
  role: 'computed',
  sqlType: 'DATETIME(6)',
  sqlRule: 'NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)',
  attributes: ['@default(dbgenerated())', '@db.DateTime(6)'],
}

function key(name: string, kind: ScalarKind, domain: readonly unknown[]): Field {
  return { ...plain(name, kind, domain), role: 'id' }
}

function plain(name: string, kind: ScalarKind, domain: readonly unknown[]): Field {
  return { name, column: name, kind, domain, optional: false, attributes: [], isUnique: false, role: 'data' }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
