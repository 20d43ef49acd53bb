import type {
  SqlDriverAdapter,
  SqlDriverAdapterFactory,
  SqlQuery,
  Transaction,
} from '@prisma/driver-adapter-utils'
import type { Gate } from '../gate.js'

/** The factory with a gate under it. Whatever a cache wraps around the result lies above the gate. */
export function gated(factory: SqlDriverAdapterFactory, gate: Gate): SqlDriverAdapterFactory {
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => gatedAdapter(await factory.connect(), gate),
  }
}

function gatedAdapter(adapter: SqlDriverAdapter, gate: Gate): SqlDriverAdapter {
  return {
    ...queries(adapter, gate),
    executeScript: (script) => gate.pass(script, () => adapter.executeScript(script)),
    startTransaction: async (level) => gatedTransaction(await adapter.startTransaction(level), gate),
    getConnectionInfo: () => adapter.getConnectionInfo?.() ?? { supportsRelationJoins: false },
    dispose: () => adapter.dispose(),
  }
}

function gatedTransaction(transaction: Transaction, gate: Gate): Transaction {
  return {
    ...queries(transaction, gate),
    options: transaction.options,
    // Where no statement says so, this is what ends the transaction in the database.
    commit: () =>
      transaction.options.usePhantomQuery
        ? gate.pass('COMMIT', () => transaction.commit())
        : transaction.commit(),
    rollback: () => transaction.rollback(),
    createSavepoint: async (name) => transaction.createSavepoint?.(name),
    rollbackToSavepoint: async (name) => transaction.rollbackToSavepoint?.(name),
    releaseSavepoint: async (name) => transaction.releaseSavepoint?.(name),
  }
}

function queries(target: SqlDriverAdapter | Transaction, gate: Gate) {
  return {
    provider: target.provider,
    adapterName: target.adapterName,
    queryRaw: (query: SqlQuery) => gate.pass(query.sql, () => target.queryRaw(query)),
    executeRaw: (query: SqlQuery) => gate.pass(query.sql, () => target.executeRaw(query)),
  }
}
