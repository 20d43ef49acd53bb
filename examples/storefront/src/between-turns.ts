import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Lets a statement take its time, as with a database behind a network: it arrives a turn of the event loop after it was
 * sent, and so does its answer. better-sqlite3 answers before anybody else gets a word in, so without this no read would
 * ever be under way while another visitor writes.
 */
export async function betweenTurns<T>(work: () => Promise<T>): Promise<T> {
  await nextTurn()
  try {
    return await work()
  } finally {
    await nextTurn()
  }
}
