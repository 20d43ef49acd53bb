import { afterAll, afterEach, beforeAll } from 'vitest'
import type { TestClient } from './clients.js'

/** Stores on one client, as far as it concerns what is done around the checks of them. */
export interface OnOneClient {
  /** To be called before a check runs. */
  open(client: TestClient): Promise<void>
  /** Takes away what a check has left. */
  clean(): Promise<void>
}

/** In a `describe`: opens a suite on a client before its checks, and cleans up after each of them. */
export function aroundChecks(suite: OnOneClient, connect: () => Promise<TestClient>): void {
  let client: TestClient
  beforeAll(async () => {
    client = await connect()
    await suite.open(client)
  })
  afterEach(async () => await suite.clean())
  afterAll(() => client.disconnect())
}
