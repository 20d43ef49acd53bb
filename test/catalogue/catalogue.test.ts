import Database from 'better-sqlite3'
import { createConnection } from 'mariadb'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMariaDb, startPostgres, type Databases, type Service } from '../services/index.js'
import { type Catalogue, catalogueQueries, numbersAmong, readCatalogue, type SqlDialect } from '@freshet/sql'

type Run = (sql: string) => Promise<readonly unknown[]>

const schemas: Readonly<Record<SqlDialect, readonly string[]>> = {
  postgresql: [
    `CREATE EXTENSION IF NOT EXISTS citext`,
    `CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    `CREATE TABLE authors (id serial PRIMARY KEY, email citext NOT NULL UNIQUE, "Name" varchar(40), handle text COLLATE loose,
      born numeric(4,0) DEFAULT 1900, shout text GENERATED ALWAYS AS (upper("Name")) STORED)`,
    `CREATE TABLE posts (author_id int REFERENCES authors ON DELETE CASCADE ON UPDATE SET NULL, slug uuid, PRIMARY KEY (slug, author_id))`,
    `CREATE UNIQUE INDEX one_draft ON posts (author_id) WHERE slug IS NULL`,
    `CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at date) `,
    `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
    `CREATE TRIGGER touched BEFORE UPDATE ON events FOR EACH ROW EXECUTE FUNCTION touch()`,
    `CREATE TABLE parted (id int, PRIMARY KEY (id)) PARTITION BY RANGE (id)`,
    `CREATE TABLE part PARTITION OF parted FOR VALUES FROM (0) TO (9)`,
    `CREATE TABLE parent_rows (id int PRIMARY KEY)`,
    `CREATE TABLE child_rows () INHERITS (parent_rows)`,
    `CREATE VIEW authored AS SELECT * FROM authors`,
    `CREATE TABLE ruled (id int PRIMARY KEY)`,
    `CREATE RULE ignore_deletes AS ON DELETE TO ruled DO INSTEAD NOTHING`,
    `CREATE SCHEMA elsewhere`,
    `CREATE TABLE twice (id int PRIMARY KEY)`,
    `CREATE TABLE elsewhere.twice (id text PRIMARY KEY)`,
  ],
  mysql: [
    `CREATE TABLE authors (id int unsigned AUTO_INCREMENT PRIMARY KEY, email varchar(191) COLLATE utf8mb4_unicode_ci NOT NULL UNIQUE,
      Name varchar(40) CHARACTER SET latin1, handle varchar(40) DEFAULT 'none', born decimal(4,0) DEFAULT 1900,
      shout varchar(40) AS (upper(Name)) STORED, touched timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)
      DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`,
    `CREATE TABLE posts (author_id int unsigned, slug char(8) NOT NULL, title varchar(300), PRIMARY KEY (slug, author_id),
      UNIQUE KEY beginning (title(10)), FOREIGN KEY (author_id) REFERENCES authors (id) ON DELETE CASCADE)
      DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_general_ci`,
    `CREATE TABLE events (id bigint AUTO_INCREMENT PRIMARY KEY, at date)`,
    `CREATE TRIGGER touched BEFORE UPDATE ON events FOR EACH ROW SET NEW.at = OLD.at`,
    `CREATE VIEW authored AS SELECT * FROM authors`,
  ],
  sqlite: [
    `CREATE TABLE authors (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE NOT NULL UNIQUE, "Name" varchar(40), handle TEXT DEFAULT 'none',
      born NUMERIC, shout TEXT GENERATED ALWAYS AS (upper("Name")) STORED)`,
    `CREATE TABLE posts (author_id int REFERENCES authors ON DELETE CASCADE, slug TEXT, PRIMARY KEY (slug, author_id))`,
    `CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT)`,
    `CREATE TRIGGER touched AFTER UPDATE ON events BEGIN SELECT 1; END`,
    `CREATE VIEW authored AS SELECT * FROM authors`,
    `CREATE TABLE replaced (id INTEGER PRIMARY KEY ON CONFLICT REPLACE)`,
    `CREATE TABLE collated (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE)`,
    // As an application leaves it that made a collation of its own, which this driver cannot do.
    `PRAGMA writable_schema = ON`,
    `UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'made_up') WHERE name = 'collated'`,
    `CREATE VIRTUAL TABLE searched USING fts5(body)`,
  ],
}

let postgres: Service & Databases
let mariadb: Service & Databases
beforeAll(async () => {
  ;[postgres, mariadb] = await Promise.all([startPostgres(), startMariaDb()])
})
afterAll(async () => {
  await Promise.all([postgres.stop(), mariadb.stop()])
})

async function read(dialect: SqlDialect, run: Run): Promise<Catalogue> {
  for (const sql of schemas[dialect]) await run(sql)
  return readCatalogue(dialect, await run(catalogueQueries[dialect]))
}

async function onPostgres(): Promise<Catalogue> {
  const client = new Client({ connectionString: await postgres.createDatabase() })
  await client.connect()
  try {
    return await read('postgresql', async (sql) => (await client.query<object>(sql)).rows)
  } finally {
    await client.end()
  }
}

async function onMariaDb(): Promise<Catalogue> {
  const connection = await createConnection((await mariadb.createDatabase()).replace(/^mysql:/, 'mariadb:'))
  try {
    return await read('mysql', async (sql) => await connection.query<object[]>(sql))
  } finally {
    await connection.end()
  }
}

/** What an account sees of the schema that may do no more than it was granted. */
async function asGranted(query: string, ...grants: readonly string[]): Promise<Catalogue> {
  const owner = (await mariadb.createDatabase()).replace(/^mysql:/, 'mariadb:')
  const { pathname } = new URL(owner)
  const name = `user@${pathname.slice(-20)}`
  const account = `'${name}'@'%'`
  const connection = await createConnection(owner)
  try {
    for (const sql of schemas.mysql) await connection.query(sql)
    await connection.query(`CREATE USER ${account} IDENTIFIED BY 'secret'`)
    for (const grant of grants)
      await connection.query(`GRANT ${grant.replace('shop', `\`${pathname.slice(1)}\``)} TO ${account}`)
  } finally {
    await connection.end()
  }
  const url = new URL(owner)
  const granted = await createConnection({
    host: url.hostname,
    port: Number(url.port),
    user: name,
    password: 'secret',
    database: pathname.slice(1),
  })
  try {
    return readCatalogue('mysql', await granted.query<object[]>(query))
  } finally {
    await granted.end()
  }
}

async function onSqlite(): Promise<Catalogue> {
  const database = new Database(':memory:').unsafeMode()
  const run: Run = async (sql) => {
    const statement = database.prepare(sql)
    return statement.reader ? statement.raw().all() : [statement.run()]
  }
  try {
    return await read('sqlite', run)
  } finally {
    database.close()
  }
}

const text = { kind: 'text' }
const found = {
  postgresql: {
    columns: ['id', 'email', 'Name', 'handle', 'born', 'shout'],
    key: { type: { kind: 'integer' }, nullable: false, hasDefault: true },
    email: { type: text, nullable: false, hasDefault: false },
    wide: {
      authored: 'view',
      child_rows: 'inheritance',
      events: 'trigger',
      parent_rows: 'inheritance',
      part: 'partition',
      parted: 'partition',
      ruled: 'rule',
      twice: 'several of one name',
    },
    onUpdate: 'SetNull',
    selfChanging: ['shout'],
  },
  mysql: {
    columns: ['id', 'email', 'Name', 'handle', 'born', 'shout', 'touched'],
    key: { type: { kind: 'integer', min: 0n }, nullable: false, hasDefault: true, isGeneratedKey: true },
    email: { type: { ...text, maxLength: 191 }, nullable: false, hasDefault: false },
    wide: { authored: 'view', events: 'trigger' },
    onUpdate: 'NoAction',
    selfChanging: ['shout', 'touched'],
  },
  sqlite: {
    columns: ['id', 'email', 'Name', 'handle', 'born', 'shout'],
    key: { type: { kind: 'integer' }, nullable: false, hasDefault: true, isGeneratedKey: true },
    email: { type: text, nullable: false, hasDefault: false },
    wide: {
      authored: 'view',
      collated: 'collation',
      events: 'trigger',
      replaced: 'ON CONFLICT REPLACE',
      searched: 'virtual table',
    },
    onUpdate: 'NoAction',
    selfChanging: ['shout'],
  },
} as const

describe.each([
  ['postgresql', onPostgres],
  ['mysql', onMariaDb],
  ['sqlite', onSqlite],
] as const)('%s', (dialect, open) => {
  const expected = found[dialect]
  let catalogue: Catalogue
  beforeAll(async () => {
    catalogue = await open()
  })
  const authors = () => catalogue.tables.get('authors')!
  const column = (name: string) => authors().columns.named(name)?.column

  test('the columns of a table are known in their order, with what they can hold', () => {
    expect(authors().columnNames).toEqual(expected.columns)
    expect(column('id')).toMatchObject(expected.key)
    expect(column('email')).toMatchObject(expected.email)
    expect(column('born')).toMatchObject({ type: undefined, nullable: true })
  })

  test('columns that hold numbers are known', () => {
    expect(numbersAmong(authors().columns)).toEqual(['id', 'born'])
  })

  test('what the database computes is told of no value, and changes by itself', () => {
    expect(column('shout')).toMatchObject({ type: undefined, hasDefault: true })
    expect(authors().selfChanging).toEqual(expected.selfChanging)
  })

  test('keys are known, but not those of some rows or of parts of columns', () => {
    expect(authors()).toMatchObject({ primaryKey: ['id'], uniqueKeys: [['email']] })
    expect(catalogue.tables.get('posts')).toMatchObject({ primaryKey: ['slug', 'author_id'], uniqueKeys: [] })
  })

  test('all keys by which a row may be met are known of MariaDB’s tables without keys of parts of columns', () => {
    const keysOf = (table: string) =>
      catalogue.tables
        .get(table)
        ?.columns.uniqueKeys?.map((key) => key.map(({ column: { name: part } }) => part))
    expect([keysOf('authors'), keysOf('posts')]).toEqual(
      dialect === 'mysql' ? [[['id'], ['email']], undefined] : [undefined, undefined],
    )
  })

  test('foreign keys are known with what the database does', () => {
    expect(catalogue.foreignKeys).toEqual([
      {
        child: 'posts',
        parent: 'authors',
        columns: ['author_id'],
        references: dialect === 'sqlite' ? undefined : ['id'],
        onDelete: 'Cascade',
        onUpdate: expected.onUpdate,
        isEnforced: dialect !== 'sqlite',
      },
    ])
  })

  test('tables whose rows are not what statements say are wide, and it is said why', () => {
    const wide = [...catalogue.tables].flatMap(([name, { wideBecause }]) =>
      wideBecause === undefined ? [] : [[name, wideBecause]],
    )
    const shadows = /^searched_/
    expect(Object.fromEntries(wide.filter(([name]) => !shadows.test(name!)))).toEqual(expected.wide)
  })
})

test('a foreign key of PostgreSQL that was added without looking at the rows holds nobody to it', async () => {
  const client = new Client({ connectionString: await postgres.createDatabase() })
  await client.connect()
  await client.query('CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int)')
  await client.query('ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a NOT VALID')
  const enforced = async () => {
    const { rows } = await client.query<object>(catalogueQueries.postgresql)
    return readCatalogue('postgresql', rows).foreignKeys.map(({ isEnforced }) => isEnforced)
  }
  expect(await enforced()).toEqual([false])
  await client.query('ALTER TABLE b VALIDATE CONSTRAINT b_a_id_fkey')
  expect(await enforced()).toEqual([true])
  await client.end()
})

test('row security of a table of PostgreSQL is known, from when it is enabled', async () => {
  const client = new Client({ connectionString: await postgres.createDatabase() })
  await client.connect()
  await client.query('CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY)')
  await client.query('CREATE POLICY p ON a FOR UPDATE USING (id > 5)')
  const secured = async () => {
    const { rows } = await client.query<object>(catalogueQueries.postgresql)
    const { tables } = readCatalogue('postgresql', rows)
    return ['a', 'b'].map((name) => tables.get(name)!.columns.named('id')!.column.hasRowSecurity)
  }
  expect(await secured()).toEqual([false, false])
  await client.query('ALTER TABLE a ENABLE ROW LEVEL SECURITY')
  expect(await secured()).toEqual([true, false])
  await client.end()
})

describe('collations', () => {
  test('of PostgreSQL, one that is not deterministic makes a column unknown', async () => {
    const { tables } = await onPostgres()
    const { columns } = tables.get('authors')!
    expect(columns.named('handle')?.column.type).toBeUndefined()
    expect(columns.named('Name')?.column.type).toEqual({ kind: 'text', maxLength: 40 })
  })

  test('of MariaDB, one that was not measured makes a column unknown', async () => {
    const { tables } = await onMariaDb()
    const { columns } = tables.get('authors')!
    expect(columns.named('Name')?.column.type).toBeUndefined()
    expect(columns.named('handle')?.column.type).toEqual({ kind: 'text', maxLength: 40 })
  })
})

describe('without the privilege TRIGGER', () => {
  const hidden = 'triggers are hidden without the privilege TRIGGER'
  const rows = 'SELECT, INSERT, UPDATE, DELETE ON shop.*'
  const wide = ({ tables }: Catalogue) => ['authors', 'events'].map((table) => tables.get(table)?.wideBecause)

  test('MariaDB shows that a table has a trigger all the same', async () => {
    expect(wide(await asGranted(catalogueQueries.mysql, rows))).toEqual([undefined, 'trigger'])
  })

  describe('MySQL shows none, which is tried here on MariaDB:', () => {
    const isMySql = `VERSION() NOT LIKE '%MariaDB%'`
    const onMySql = catalogueQueries.mysql.replace(isMySql, 'TRUE')

    test('every table may have one', async () => {
      expect(onMySql).not.toContain(isMySql)
      expect(wide(await asGranted(onMySql, rows))).toEqual([hidden, 'trigger'])
    })

    test('but not for an account that may make them everywhere, in the database, or on the table', async () => {
      for (const grant of ['SELECT, TRIGGER ON *.*', 'ALL ON shop.*', 'TRIGGER ON shop.authors'])
        expect(wide(await asGranted(onMySql, rows, grant))).toEqual([undefined, 'trigger'])
    })

    test('nor does it help that it may make them on another table', async () => {
      expect(wide(await asGranted(onMySql, rows, 'TRIGGER ON shop.events'))).toEqual([hidden, 'trigger'])
    })
  })
})
