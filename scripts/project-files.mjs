import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/**
 * The project's own files: everything that is committed or could be, by extension.
 *
 * A tool that passes because it saw nothing has not passed; each check compares what the tool saw with this.
 */
export function projectFiles(...extensions) {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
    .split('\0')
    .filter((file) => extensions.some((extension) => file.endsWith(extension)) && existsSync(file))
  if (files.length === 0) throw new Error(`found no file that ends with ${extensions.join(', ')}`)
  return files
}

/** Code that belongs to nobody's check but its own: it is written to be wrong, or built elsewhere. */
export function isSetApart(file) {
  // The type tests are compiled once for each kind of client, by a test.
  if (file.startsWith('packages/prisma/test/types/') && file.endsWith('.test-d.ts')) return true
  return file.startsWith('scripts/canary/') || file.startsWith('test/packaging/consumer/')
}
