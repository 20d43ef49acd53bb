import type { Action, Database, Field, Model, Schema } from './model.js'
import { fieldOf } from './model.js'
import { ENUM_VALUES } from './random-schema.js'
import { key, plain, SchemaBuilder } from './schema-builder.js'

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
  readonly #builder = new SchemaBuilder(TEXTS)

  constructor(database: Database) {
    this.#database = database
  }

  make(): Schema {
    const [club, person, post, tag, comment] = this.#main()
    this.#builder.key(person, club, 'club', { optional: true, onDelete: 'SetNull' })
    this.#builder.key(person, person, 'boss', { optional: true, onDelete: 'SetNull', onUpdate: this.#own })
    this.#builder.key(post, person, 'author', { onDelete: 'Cascade' })
    this.#builder.key(post, person, 'editor', { optional: true, onDelete: 'SetNull' })
    this.#builder.key(post, person, 'reviewer', { optional: true, references: ['code'] })
    this.#builder.key(comment, post, 'post', { onDelete: 'Cascade', inKey: true })
    this.#builder.key(comment, person, 'by', { optional: true, onDelete: 'SetNull' })
    comment.fields.push(key('no', 'int', [1, 2, 3]))
    ;(comment.id as string[]).push('no')
    const mark = this.#builder.model('Mark', 'mark', [key('id', 'int', NUMBERS)], true)
    this.#builder.key(mark, comment, 'comment', { optional: true, onDelete: 'SetNull' })
    const profile = this.#builder.model('Profile', 'profile', [key('id', 'int', NUMBERS)], true)
    this.#builder.key(profile, person, 'owner', { optional: true, onDelete: 'Cascade', oneToOne: true })
    this.#builder.manyToMany(person, person)
    this.#builder.manyToMany(post, tag)
    this.#links(person, tag)
    post.compoundUniques.push(['authorId', 'kind', 'name'])
    this.#oddKeys(tag)
    // MariaDB's own collation knows neither case nor accents nor blanks at the end.
    if (this.#database === 'mariadb') {
      for (const field of this.#builder.models.flatMap(({ fields }) => fields))
        if (field.kind === 'string') Object.assign(field, { isFolded: true })
    }
    return {
      name: `tiny-${this.#database}`,
      database: this.#database,
      isTiny: true,
      enumName: 'Level',
      models: this.#builder.models,
      relations: this.#builder.relations,
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
    const club = this.#builder.model('Club', 'Clubs And Co', [this.#uuid('id')])
    this.#retype(club, 'name', 'CHAR(3)', '@db.Char(3)')
    const person = this.#builder.model('Person', 'people', [key('id', 'int', NUMBERS)], true)
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
    const post = this.#builder.model('Post', 'tbl_post', [key('id', 'bigint', NUMBERS.map(BigInt))], true)
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
    const tag = this.#builder.model('Tag', 'Tag', [key('id', 'string', CODES)])
    const comment = this.#builder.model('Comment', 'comment', [])
    return [club, person, post, tag, comment]
  }

  /** Keys that are a level and bytes, the second with a trigger. */
  #oddKeys(tag: Model): void {
    const shelf = this.#builder.model('Shelf', 'shelf', [key('id', 'enum', ENUM_VALUES)])
    const chip = this.#builder.model('Chip', 'chip', [
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
    this.#builder.key(chip, shelf, 'shelf', { optional: true, onDelete: 'SetNull' })
    this.#builder.key(chip, tag, 'tag', { optional: true, onDelete: 'Cascade' })
    const crumb = this.#builder.model('Crumb', 'crumb', [key('id', 'int', NUMBERS)], true)
    this.#builder.key(crumb, chip, 'chip', { optional: true, onDelete: 'SetNull' })
  }

  /** A table between two, written out. */
  #links(a: Model, b: Model): void {
    const link = this.#builder.model('Link', 'link_table', [])
    this.#builder.key(link, a, 'one', { onDelete: 'Cascade', inKey: true })
    this.#builder.key(link, b, 'other', { onDelete: 'Cascade', inKey: true })
  }

  /** InnoDB refuses an update that a foreign key would carry on within its own table. */
  get #own(): Action {
    return this.#database === 'mariadb' ? 'NoAction' : 'Cascade'
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
