import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Example } from '../../examples/storefront/src/example.js'
import type { Progress } from '../../examples/storefront/src/progress.js'

/** Progress that nobody watches. */
export const silent: Progress = { start() {}, advance() {}, stop() {} }

/** The folder of an example. */
export const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url))

/** The storefronts, by the name of their ORM. */
export const examples: readonly (readonly [orm: string, load: () => Promise<Example>])[] = [
  ['Prisma', loadPrismaExample],
  ['TypeORM', async () => (await import('../../examples/typeorm-storefront/src/example.js')).typeormExample],
]

async function loadPrismaExample(): Promise<Example> {
  const folder = folderOf('prisma-storefront')
  // Only then: test files run side by side, and must not import what another is just writing.
  if (!existsSync(`${folder}/src/generated/prisma/client.ts`)) {
    execFileSync('npm', ['run', '--silent', 'generate'], { cwd: folder })
  }
  // Imported late, because the client that it imports may have been generated only now.
  return (await import('../../examples/prisma-storefront/src/example.js')).prismaExample
}
