import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import type { Caching } from './clients.js'
import type { Schema } from '../model.js'

/** Freshet as a user installs it: with the tables behind the views, and asked to know whose rows an answer is made of. */
export function freshetCaching(schema: Schema): Caching {
  const cache = createCache()
  const dependsOn = Object.fromEntries(schema.views.map((view) => [view.name, view.sources]))
  const models = Object.fromEntries(schema.models.map(({ name }) => [name, { members: 100 }]))
  return {
    extend: (client) => client.$extends(freshet({ cache, dependsOn, models })),
    clear: () => cache.clear(),
    close: () => cache.close(),
  }
}
