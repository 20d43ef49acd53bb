import { delegateName } from '../model.js'

/** What the test uses of a Prisma client, whatever its schema. */
export interface Client {
  $transaction(items: readonly PromiseLike<unknown>[]): Promise<unknown[]>
  $transaction<T>(body: (tx: Client) => Promise<T>, options?: object): Promise<T>
  $executeRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<number>
  $queryRawUnsafe(sql: string, ...values: unknown[]): PromiseLike<unknown>
  $extends(extension: unknown): Client
  $disconnect(): Promise<void>
}

export type Delegate = Record<string, (args?: unknown) => PromiseLike<unknown>>

export function delegateOf(client: Client, model: string): Delegate {
  const delegate = (client as unknown as Record<string, Delegate>)[delegateName(model)]
  if (!delegate) throw new Error(`The client has no model ${model}.`)
  return delegate
}
