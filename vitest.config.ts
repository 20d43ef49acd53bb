import { defineConfig } from 'vitest/config'

// Never 'import' here: Vitest hands these to Node for `require` as well, and CommonJS packages would get ES modules.
const conditions = ['@freshet/source', 'node']

// Where a machine reads the result from (.ci/run); people read the terminal.
const report = process.env['TEST_REPORT']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    retry: 0,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/{core,sql,testing}/test/**/*.test.ts', 'packages/prisma/test/types/*.test.ts'],
          // A machine may be four times slower than those that this is written on.
          testTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'databases',
          include: [
            'packages/*/test/**/*.test.ts',
            'test/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'bench/test/**/*.test.ts',
          ],
          exclude: [
            '**/node_modules/**',
            'packages/{core,sql,testing}/**',
            'packages/prisma/test/types/**',
            'test/packaging/**',
          ],
          globalSetup: ['test/services/global-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'packaging',
          include: ['test/packaging/**/*.test.ts'],
          globalSetup: ['test/packaging/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
