import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['@freshet/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@freshet/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    retry: 0,
  },
})
