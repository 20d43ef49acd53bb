/** Runs what it is given one after another, in the order in which it was given. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>

/** A queue. What fails does so for its own caller alone. */
export function createOneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
