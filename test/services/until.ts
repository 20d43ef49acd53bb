import { setTimeout as wait } from 'node:timers/promises'

const limitMs = 30_000
const stepMs = 20

/** Waits until servers have come to a state that they do not announce. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${limitMs} ms passed before this was so: ${what}`)
    await wait(stepMs)
  }
}
