import type { BatchItem, Channel } from '../binding.js'
import { reordered } from '../compare.js'
import { delegateOf, type Client } from './client.js'
import type { PrismaWrite } from './maker.js'
import type { Args, PrismaRead } from './read.js'

/** A Prisma client as the steps use it. */
export class PrismaChannel implements Channel {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** With the keys of its arguments in an order of their own: that must not make it another question. */
  read(read: PrismaRead): PromiseLike<unknown> {
    return sendRead(this.#client, { ...read, args: reordered(read.args) })
  }

  readFresh(read: PrismaRead): PromiseLike<unknown> {
    return sendRead(this.#client, fresh(read))
  }

  write(write: PrismaWrite): PromiseLike<unknown> {
    return sendWrite(this.#client, write)
  }

  writeInTransaction(write: PrismaWrite): PromiseLike<unknown> {
    // A batch of one is sent without a transaction.
    return this.#client.$transaction(async (client) => await sendWrite(client, write))
  }

  transaction(body: (inner: Channel) => Promise<void>): PromiseLike<unknown> {
    return this.#client.$transaction((client) => body(new PrismaChannel(client)))
  }

  batch(items: readonly BatchItem[]): PromiseLike<readonly unknown[]> {
    return this.#client.$transaction(
      items.flatMap((item) => {
        if (item.kind === 'write') return [sendWrite(this.#client, item.write as PrismaWrite)]
        const read = item.read as PrismaRead
        return [sendRead(this.#client, read), sendRead(this.#client, fresh(read))]
      }),
    )
  }
}

/** A query's promise with its relation fields. */
type Fluent = PromiseLike<unknown> & Record<string, (args?: unknown) => Fluent>

/** Sends a read. Nothing is sent before the promise is awaited. */
function sendRead(client: Client, read: PrismaRead): Fluent {
  const call = delegateOf(client, read.model)[read.operation]!
  let promise = call(read.args) as Fluent
  for (const { field, args } of read.fluent) promise = promise[field]!(args)
  return promise
}

/** Sends a write. Nothing is sent before the promise is awaited. */
function sendWrite(client: Client, write: PrismaWrite): PromiseLike<unknown> {
  if (write.kind === 'raw') {
    const call = write.answersRows ? '$queryRawUnsafe' : '$executeRawUnsafe'
    return client[call](write.sql, ...write.values)
  }
  return delegateOf(client, write.model)[write.operation]!(structuredClone(write.args))
}

let nonce = 0

/** The same question with a condition that is always true and was never asked before. */
function fresh(read: PrismaRead): PrismaRead {
  const where = (read.args.where ?? {}) as Args
  const never = { NOT: { name: `never ${nonce++}` } }
  const isUnique = read.operation.startsWith('findUnique')
  return {
    ...read,
    args: { ...read.args, where: isUnique ? { ...where, ...never } : { AND: [where, never] } },
  }
}
