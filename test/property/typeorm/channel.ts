import type { DataSource, EntityManager, QueryRunner } from 'typeorm'
import type { Channel } from '../binding.js'
import type { TypeormRead } from './read.js'
import { sendRead, type Mode } from './send-read.js'
import { sendWrite } from './send-write.js'
import type { TypeormWrite } from './write.js'

/** Every form of a transaction: two by callback, one by the methods of a runner, one by statements of the user's. */
export const transactionForms = ['callback', 'isolated', 'runner', 'statements'] as const

/** A DataSource as the steps use it. */
export class DataSourceChannel implements Channel {
  readonly #dataSource: DataSource
  readonly #mode: Mode

  constructor(dataSource: DataSource, mode: Mode) {
    this.#dataSource = dataSource
    this.#mode = mode
  }

  async read(read: TypeormRead): Promise<unknown> {
    if (!read.throughRunner) return sendRead(this.#dataSource.manager, read, this.#mode)
    let answer: unknown
    await this.#withRunner(async ({ manager }) => {
      answer = await sendRead(manager, read, this.#mode)
    })
    return answer
  }

  readFresh(read: TypeormRead): Promise<unknown> {
    return sendRead(this.#dataSource.manager, read, 'plain')
  }

  write(write: TypeormWrite): Promise<unknown> {
    return sendWrite(this.#dataSource.manager, write)
  }

  writeInTransaction(write: TypeormWrite): Promise<unknown> {
    return this.#dataSource.transaction((manager) => sendWrite(manager, write))
  }

  transaction(body: (inner: Channel) => Promise<void>, form: string): Promise<void> {
    switch (form) {
      case 'runner':
        return this.#withRunner((runner) => byMethods(runner, () => body(new ManagerChannel(runner.manager))))
      case 'statements':
        return this.#withRunner((runner) => byStatements(runner, () => body(new StatementChannel(runner))))
      case 'isolated':
        return this.#dataSource.transaction('REPEATABLE READ', (manager) => body(new ManagerChannel(manager)))
      default:
        return this.#dataSource.transaction((manager) => body(new ManagerChannel(manager)))
    }
  }

  batch(): Promise<readonly unknown[]> {
    throw new Error('TypeORM has no batches.')
  }

  async #withRunner(run: (runner: QueryRunner) => Promise<void>): Promise<void> {
    const runner = this.#dataSource.createQueryRunner()
    try {
      await run(runner)
    } finally {
      await runner.release()
    }
  }
}

/** A manager that has a query runner: of a transaction, or of one that the caller holds. */
class ManagerChannel implements Channel {
  protected readonly manager: EntityManager

  constructor(manager: EntityManager) {
    this.manager = manager
  }

  read(read: TypeormRead): Promise<unknown> {
    return sendRead(this.manager, read, 'cached')
  }

  readFresh(read: TypeormRead): Promise<unknown> {
    return sendRead(this.manager, read, 'plain')
  }

  write(write: TypeormWrite): Promise<unknown> {
    return sendWrite(this.manager, write)
  }

  writeInTransaction(write: TypeormWrite): Promise<unknown> {
    return this.manager.transaction((manager) => sendWrite(manager, write))
  }

  transaction(body: (inner: Channel) => Promise<void>): Promise<void> {
    return this.manager.transaction((manager) => body(new ManagerChannel(manager)))
  }

  batch(): Promise<readonly unknown[]> {
    throw new Error('TypeORM has no batches.')
  }
}

/** A runner on which the user says BEGIN and SAVEPOINT, of which TypeORM then knows nothing. */
class StatementChannel extends ManagerChannel {
  readonly #runner: QueryRunner
  readonly #depth: number

  constructor(runner: QueryRunner, depth = 1) {
    super(runner.manager)
    this.#runner = runner
    this.#depth = depth
  }

  override async transaction(body: (inner: Channel) => Promise<void>): Promise<void> {
    const name = `own_${this.#depth}`
    await this.#runner.query(`SAVEPOINT ${name}`)
    try {
      await body(new StatementChannel(this.#runner, this.#depth + 1))
    } catch (error) {
      await this.#runner.query(`ROLLBACK TO SAVEPOINT ${name}`)
      throw error
    }
    await this.#runner.query(`RELEASE SAVEPOINT ${name}`)
  }
}

async function byMethods(runner: QueryRunner, body: () => Promise<void>): Promise<void> {
  await runner.startTransaction()
  try {
    await body()
  } catch (error) {
    await runner.rollbackTransaction()
    throw error
  }
  await runner.commitTransaction()
}

async function byStatements(runner: QueryRunner, body: () => Promise<void>): Promise<void> {
  await runner.query('BEGIN')
  try {
    await body()
  } catch (error) {
    await runner.query('ROLLBACK')
    throw error
  }
  await runner.query('COMMIT')
}

/** Writes through a query runner of its own. */
export class RunnerChannel extends DataSourceChannel {
  readonly #own: DataSource

  constructor(dataSource: DataSource) {
    super(dataSource, 'plain')
    this.#own = dataSource
  }

  override async write(write: TypeormWrite): Promise<unknown> {
    const runner = this.#own.createQueryRunner()
    try {
      return await sendWrite(runner.manager, write)
    } finally {
      await runner.release()
    }
  }
}
