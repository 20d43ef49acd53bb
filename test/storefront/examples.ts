import { execFileSync } from 'node:child_process'
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
  // Imported late, because the client that it imports has been generated only now.
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: folderOf('prisma-storefront') })
  return (await import('../../examples/prisma-storefront/src/example.js')).prismaExample
}
