import type { Space } from '@freshet/core/store'
import type { Link, ScriptCall } from './link.js'
import { putScript } from './scripts/put.js'

/** An entry on its way into Redis. */
export interface StoredEntry {
  readonly space: Space
  readonly entryKey: string
  readonly payload: Buffer
  readonly ttlMs: number
  /** Put in place of whatever is there; what tells of that is changed when this is done. */
  readonly byHand: boolean
}

/** @throws FreshetError STORE_UNAVAILABLE, STORE_TIMEOUT */
export type PutEntry = (entry: StoredEntry) => Promise<void>

export function putEntryOver(link: Link): PutEntry {
  return async (entry) => {
    const [outcome] = await link.run([putCall(entry)])
    if (!outcome!.ok) throw outcome!.error
  }
}

export function putCall({ entryKey, payload, ttlMs }: StoredEntry): ScriptCall {
  return { script: putScript, keys: [entryKey], args: [payload, ttlMs] }
}
