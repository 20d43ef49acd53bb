import type { TestProject } from 'vitest/node'
import { startBroker } from './broker.js'

declare module 'vitest' {
  interface ProvidedContext {
    readonly services: string
  }
}

/** Vitest calls this once per run, before the test files; what it returns, once after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker()
  project.provide('services', broker.url)
  return async () => await broker.stop()
}
