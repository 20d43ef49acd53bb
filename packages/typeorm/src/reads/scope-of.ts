import type { FreshetState } from '../state.js'

/** The scope under which a read that is being sent looks up and stores; `undefined` is "for everybody". */
export type Scope = string | undefined

/**
 * Asks the `scope` option whose results these are.
 *
 * @returns `{ scope }`, or `undefined` if it could not be told: then nothing may be looked up or stored. That is an
 * event `failure`, not an error of the query.
 */
export function scopeOf(state: FreshetState): { readonly scope: Scope } | undefined {
  if (state.scope === undefined) return everybody
  try {
    const scope = state.scope()
    if (typeof scope === 'string') return { scope }
    throw new TypeError(`scope() returned ${scope === null ? 'null' : typeof scope}, not a string`)
  } catch (cause) {
    state.engine.counters.failures++
    state.engine.events.emit('failure', { action: 'scope', cause })
    return undefined
  }
}

/** Two scopes have the same only if they are the same. */
export const scopeText = (scope: Scope): string => (scope === undefined ? '' : `@${scope}`)

const everybody = Object.freeze({ scope: undefined })
