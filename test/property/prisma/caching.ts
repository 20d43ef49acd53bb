import { createCache } from '@freshet/core'
import { freshet } from '@freshet/prisma'
import type { Caching } from './clients.js'
import type { Schema } from '../model.js'

/** Freshet as a user installs it: default options, and the tables behind the views. */
export function freshetCaching(schema: Schema): Caching {
  const cache = createCache()
  const dependsOn = Object.fromEntries(schema.views.map((view) => [view.name, view.sources]))
  return {
    extend: (client) => client.$extends(freshet({ cache, dependsOn })),
    clear: () => cache.clear(),
    close: () => cache.close(),
  }
}
