import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PackedPackage } from './packed.js'
import { mustRun } from './run-command.js'

const source = fileURLToPath(new URL('./consumer', import.meta.url))

/**
 * Installs the packed packages into an application outside the workspace and returns its folder.
 *
 * The folder is kept between runs (named after the workspace and the dependencies it asks for), so that only the
 * tarballs are installed anew.
 */
export async function installConsumer(packages: readonly PackedPackage[]): Promise<string> {
  const manifest = readFileSync(join(source, 'package.json'), 'utf8')
  const digest = createHash('sha256').update(source).update(manifest).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `freshet-consumer-${digest}`)
  mkdirSync(folder, { recursive: true })
  cpSync(source, folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), withTarballs(manifest, packages))
  await mustRun('npm', ['install', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund'], {
    cwd: folder,
  })
  return folder
}

function withTarballs(manifest: string, packages: readonly PackedPackage[]): string {
  const parsed = JSON.parse(manifest) as { dependencies: Record<string, string> }
  for (const { name, tarball } of packages) parsed.dependencies[name] = `file:${tarball}`
  return JSON.stringify(parsed, undefined, 2)
}
