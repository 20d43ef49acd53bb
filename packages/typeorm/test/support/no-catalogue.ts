import { createLiveCatalogue } from '@freshet/sql'
import type { FreshetState } from '../../src/state.js'

/** Of a state that no tap belongs to: nobody asks. */
export const noCatalogue: Pick<FreshetState, 'catalogue' | 'connected' | 'disconnected'> = {
  catalogue: createLiveCatalogue({ dialect: 'sqlite' }),
  connected: async () => undefined,
  disconnected: () => undefined,
}
