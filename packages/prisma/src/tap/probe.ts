import { AsyncLocalStorage } from 'node:async_hooks'

/** Filled by the tap when a statement of the call that carries it passes. */
interface Passage {
  seen: boolean
}

/*
 * Async context is the only way to tell whose statement passes the driver, and on Node 20 it slows
 * every promise of the process while it is on. So it is on only while a probe runs: for the first loads
 * of a client, until one was seen to pass.
 */
const passages = new AsyncLocalStorage<Passage>()
let running = 0

/** Runs a load and tells whether one of its own statements passed the tap. */
export async function probe<T>(
  load: () => PromiseLike<T>,
): Promise<{ readonly value: T; readonly seen: boolean }> {
  const passage: Passage = { seen: false }
  running++
  try {
    // Prisma's promises are lazy: awaited outside, they would start outside the context.
    const value = await passages.run(passage, async () => await load())
    return { value, seen: passage.seen }
  } finally {
    if (--running === 0) passages.disable()
  }
}

/** Called by the tap for every statement. */
export function markPassage(): void {
  if (running === 0) return
  const passage = passages.getStore()
  if (passage !== undefined) passage.seen = true
}
