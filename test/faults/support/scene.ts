import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type RedisServer, startTcpProxy, type TcpProxy } from '../../services/index.js'
import type { RedisReply } from '../../services/redis-command.js'
import { sharedPostgres } from '../../services/shared.js'
import { until } from '../../services/until.js'
import { Application } from './application.js'
import type { ProgramSetup, RedisAddress } from './messages.js'

type Commanded = Pick<RedisServer, 'command'>

/** Servers that processes find by themselves: a cluster, or what sentinels watch. */
export interface SeveralServers {
  readonly address: RedisAddress
  masters(): Promise<readonly Commanded[]>
}

type Start = Partial<Omit<ProgramSetup, 'name' | 'redis' | 'databaseUrl'>>

const commitLock = 7

/**
 * What the processes of a test stand on: a database with rows of users, all of the name `v0` at first, and Redis. Members are the same
 * without a trigger, so that their rows are told apart.
 */
export class Scene {
  readonly prefix = `faults:${randomBytes(6).toString('hex')}:`
  /** A connection past every cache. */
  readonly database: pg.Client
  /** The server that the processes reach: another one after a fail-over. */
  server: RedisServer | undefined
  /** Which tells processes of changes. Default: the same. */
  pushingServer: RedisServer | undefined
  readonly #databaseUrl: URL
  #row = 0
  readonly #several: SeveralServers | undefined
  readonly #applications: Application[] = []
  readonly #wires: TcpProxy[] = []

  private constructor(databaseUrl: string, database: pg.Client, redis: RedisServer | SeveralServers) {
    this.#databaseUrl = new URL(databaseUrl)
    this.database = database
    if ('masters' in redis) this.#several = redis
    else this.server = redis
  }

  /** @param redis one server, to which each process gets a wire of its own, or several */
  static async open(redis: RedisServer | SeveralServers): Promise<Scene> {
    const url = await (await sharedPostgres()).createDatabase()
    const database = new pg.Client(url)
    await database.connect()
    // A COMMIT waits for the lock, so that a test can hold it open in the server itself.
    await database.query(`
      CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, name text);
      CREATE TABLE members (id int PRIMARY KEY, name text);
      CREATE VIEW people AS SELECT id, name FROM users;
      CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock_shared(${commitLock}); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER wait AFTER UPDATE ON users DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION wait();
      INSERT INTO users SELECT id, 'user' || id || '@example.com', 'v0' FROM generate_series(1, 99) id;
      INSERT INTO members SELECT id, name FROM users;`)
    return new Scene(url, database, redis)
  }

  async start(name: string, { store, ...given }: Start = {}): Promise<Application> {
    const databaseWire = await this.#wire({
      host: this.#databaseUrl.hostname,
      port: Number(this.#databaseUrl.port),
    })
    const redisWire = this.#several === undefined ? await this.#wireTo(() => this.server!) : undefined
    const pushWire = redisWire && (await this.#wireTo(() => this.pushingServer ?? this.server!))
    const url = new URL(this.#databaseUrl)
    url.port = String(databaseWire.port)
    const setup: ProgramSetup = {
      name,
      through: 'TypeORM',
      redis:
        redisWire === undefined ? this.#several!.address : { port: redisWire.port, pushPort: pushWire!.port },
      databaseUrl: url.href,
      store: { prefix: this.prefix, timeout: '1500ms', ...store },
      cache: {},
      ...given,
    }
    const application = await Application.start(setup, { redisWire, pushWire, databaseWire })
    this.#applications.push(application)
    return application
  }

  /** A row that no test has used yet. */
  nextRow(): number {
    return ++this.#row
  }

  /** One command to the server that the processes reach. */
  async command(...args: readonly (string | number)[]): Promise<RedisReply> {
    return await this.server!.command(...args)
  }

  /** How many commands the server has run, but for those that ask it. */
  async commandsRun(): Promise<number> {
    const stats = String(await this.command('INFO', 'commandstats'))
    const counts = Array.from(stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g))
    return counts.reduce((sum, [, name, calls]) => (name === 'info' ? sum : sum + Number(calls)), 0)
  }

  /** The keys of all generations. */
  async generations(): Promise<readonly string[]> {
    return await this.#keys(`${this.prefix}g:*`)
  }

  async entries(): Promise<readonly string[]> {
    return await this.#keys(`${this.prefix}e:*`)
  }

  /** The entry that a process stores when it reads a row. */
  async entryOf(application: Application, id: number): Promise<string> {
    const before = await this.entries()
    const isNew = (key: string) => !before.includes(key)
    await application.read(id)
    await until('an entry is stored', async () => (await this.entries()).some(isNew))
    return (await this.entries()).find(isNew)!
  }

  /** Reads until an answer comes from the cache; all that was answered on the way, each once. */
  async served(application: Application, id: number): Promise<string> {
    const names = new Set<unknown>()
    await until(`'${application.name}' answers from the cache`, async () => {
      const { name, isHit } = await application.readAndTell(id)
      names.add(name)
      return isHit
    })
    return Array.from(names).join(', ')
  }

  /** Does what ends the connections of processes to Redis, and waits until they have others. */
  async reconnecting(
    applications: readonly Application[],
    disconnect: () => Promise<unknown> | void,
  ): Promise<void> {
    const before = await Promise.all(applications.map(async (application) => await application.tell()))
    await disconnect()
    await until('everybody is connected again', async () => {
      const now = await Promise.all(applications.map(async (application) => await application.tell()))
      return now.every(
        ({ isConnected, connections }, index) => isConnected && connections > before[index]!.connections,
      )
    })
  }

  /** Waits until some writer's mark is there. */
  async marked(): Promise<void> {
    await until('a generation is marked', async () => await this.#isMarked())
  }

  /** Waits until no generation is marked: it was taken away, or its lease is over. */
  async unmarked(): Promise<void> {
    await until('no generation is marked', async () => !(await this.#isMarked()))
  }

  async stored(): Promise<void> {
    await until('an entry is stored', async () => (await this.entries()).length > 0)
  }

  /** From now on every COMMIT of a change waits in the database. */
  async holdCommits(): Promise<void> {
    await this.database.query(`SELECT pg_advisory_lock(${commitLock})`)
  }

  /** Waits until a COMMIT has reached the database, and waits there. */
  async committing(): Promise<void> {
    await until('a COMMIT waits in the database', async () =>
      this.#isAnswered("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"),
    )
  }

  async letCommit(): Promise<void> {
    await this.database.query(`SELECT pg_advisory_unlock(${commitLock})`)
  }

  /** Waits until the database has it, whoever may know. */
  async committed(name: string, id: number): Promise<void> {
    await until(`'${name}' is committed`, async () =>
      this.#isAnswered(`SELECT 1 FROM users WHERE id = ${id} AND name = '${name}'`),
    )
  }

  /** Past every cache, and without telling one. */
  async setName(name: string, id: number): Promise<void> {
    await this.database.query('UPDATE users SET name = $2 WHERE id = $1', [id, name])
  }

  /**
   * Reads until the database has answered; the answer is still on its way. `land` lets it arrive.
   */
  async readWithAnswerOnItsWay(
    application: Application,
    id = 1,
  ): Promise<{ readonly land: () => Promise<unknown> }> {
    const { rows } = await this.database.query<{ now: string }>('SELECT clock_timestamp()::text AS now')
    application.databaseWire.stallAnswers()
    const reading = application.read(id)
    await until('the database has answered a read', async () =>
      this.#isAnswered(
        `SELECT 1 FROM pg_stat_activity WHERE application_name = '${application.name}' AND state = 'idle'
           AND query LIKE '%users%' AND state_change > '${rows[0]!.now}'`,
      ),
    )
    return {
      land: async () => {
        application.databaseWire.resume()
        return await reading
      },
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#applications.map(async (application) => await application.kill()))
    await Promise.all(this.#wires.map(async (wire) => await wire.stop()))
    await this.database.end()
  }

  async #isMarked(): Promise<boolean> {
    for (const node of await this.#masters()) {
      for (const key of await keysAt(node, `${this.prefix}g:*`))
        if (String(await node.command('GET', key)).includes('|')) return true
    }
    return false
  }

  async #keys(pattern: string): Promise<readonly string[]> {
    const masters = await this.#masters()
    return (await Promise.all(masters.map(async (node) => await keysAt(node, pattern)))).flat()
  }

  async #masters(): Promise<readonly Commanded[]> {
    return this.server === undefined ? await this.#several!.masters() : [this.server]
  }

  async #isAnswered(sql: string): Promise<boolean> {
    return ((await this.database.query(sql)).rowCount ?? 0) > 0
  }

  async #wire(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const wire = await startTcpProxy(target)
    this.#wires.push(wire)
    return wire
  }

  /** Asked at every connection: after a fail-over the way leads to another server. */
  async #wireTo(current: () => RedisServer): Promise<TcpProxy> {
    return await this.#wire({
      get host() {
        return current().host
      },
      get port() {
        return current().port
      },
    })
  }
}

async function keysAt(node: Commanded, pattern: string): Promise<readonly string[]> {
  return (await node.command('KEYS', pattern)) as readonly string[]
}
