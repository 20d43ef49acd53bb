/**
 * Where the engine gets its time from. Injectable, so that no test sleeps.
 */
export interface Clock {
  /** Milliseconds that only ever grow; their zero has no meaning. */
  now(): number
  /** Runs `callback` once after `ms` milliseconds, without keeping the process alive. Returns how to cancel. */
  setTimer(callback: () => void, ms: number): () => void
}

/** The process's monotonic clock: a wall clock that is set back must neither revive nor kill an entry. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(callback, ms) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
