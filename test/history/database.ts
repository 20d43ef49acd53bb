import pg from 'pg'

/** How long the database may take for a statement, COMMIT included: less than a lease. */
const statementTimeoutMs = 600

/** What a row's COMMIT does besides committing. */
export type AtCommit = 'slow' | 'fail' | null

/** How long a slow COMMIT takes, in seconds. */
const slowCommit = 0.15

/**
 * Versioned rows. What a deferred trigger does, COMMIT does: so a commit can take long, or be refused by the server.
 */
export async function createRows(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      CREATE TABLE item (id int PRIMARY KEY, version int NOT NULL DEFAULT 1, at_commit text);
      CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.at_commit = 'slow' THEN PERFORM pg_sleep(${slowCommit}); END IF;
        IF NEW.at_commit = 'fail' THEN RAISE EXCEPTION 'refused at COMMIT'; END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON item DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.at_commit IS NOT NULL) EXECUTE FUNCTION at_commit();
      INSERT INTO item (id) SELECT generate_series(0, ${count - 1});`)
  } finally {
    await client.end()
  }
}

/** The connections of one process. A writer that is stopped keeps its locks, and nobody may wait for it for long. */
export function openPool(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    options: `-c lock_timeout=300ms -c statement_timeout=${statementTimeoutMs}ms`,
  })
  pool.on('error', () => undefined)
  return pool
}

/** Versions by row. */
export async function versionsOf(
  database: pg.Pool,
  rows: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const result = await database.query<{ id: number; version: number }>({
    name: 'versions',
    text: 'SELECT id, version FROM item WHERE id = ANY($1)',
    values: [rows],
  })
  return new Map(result.rows.map(({ id, version }) => [id, version]))
}

/** Makes the next version of a row and returns it. */
export async function update(
  connection: pg.Pool | pg.PoolClient,
  row: number,
  atCommit: AtCommit,
): Promise<number> {
  const result = await connection.query<{ version: number }>({
    name: 'update',
    text: 'UPDATE item SET version = version + 1, at_commit = $2 WHERE id = $1 RETURNING version',
    values: [row, atCommit],
  })
  return result.rows[0]!.version
}
