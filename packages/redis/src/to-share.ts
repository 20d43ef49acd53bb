import { type Lookup, prepareCopy, type PreparedCopy } from '@freshet/core/store'

/**
 * What several readers are answered with, each of whom may change what it is given: what was decoded for one becomes something to make
 * copies of. A value that cannot be copied is loaded instead, as if it were not there.
 *
 * @param copy of what was found, if there is one already
 */
export function toShare(lookup: Lookup, copy?: PreparedCopy): Lookup {
  if (lookup.status === 'absent') return lookup
  const prepared = copy ?? prepareCopy(lookup.copy.master)
  if (prepared !== undefined) return { ...lookup, copy: prepared }
  const { vector, loadMs } = lookup
  return { status: 'absent', reason: 'missing', vector, loadMs }
}
