import { copyOut } from './clone.js'
import type { PreparedCopy } from './clone.js'
import type { ReadRequest } from './read-request.js'

/** What a reader gets of a value that others get as well. */
export function shared(request: ReadRequest, { master, plan }: PreparedCopy): unknown {
  return request.restore === undefined ? copyOut(master, plan) : request.restore(master)
}
