import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mustRun } from './run-command.js'

/** A package as it would be published. */
export interface PackedPackage {
  readonly name: string
  /** Its folder in the workspace. */
  readonly folder: string
  /** Path of the tarball; a different content has a different name. */
  readonly tarball: string
  /** Paths inside the tarball. */
  readonly files: readonly string[]
}

interface PackReport {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

const packagesFolder = fileURLToPath(new URL('../../packages', import.meta.url))

/** Packs every package of the workspace into a folder. They must have been built. */
export async function packAll(into: string): Promise<readonly PackedPackage[]> {
  mkdirSync(into, { recursive: true })
  return await Promise.all(
    readdirSync(packagesFolder).map(async (folder) => await pack(join(packagesFolder, folder), into)),
  )
}

async function pack(folder: string, into: string): Promise<PackedPackage> {
  const output = await mustRun('npm', ['pack', '--json', '--pack-destination', into], { cwd: folder })
  const report = toReport(JSON.parse(output))
  const packed = join(into, report.filename)
  // npm reinstalls a tarball only if its path is another.
  const digest = createHash('sha256').update(readFileSync(packed)).digest('hex').slice(0, 12)
  const tarball = packed.replace(/\.tgz$/, `-${digest}.tgz`)
  renameSync(packed, tarball)
  return { name: report.name, folder, tarball, files: report.files.map((file) => file.path) }
}

// npm 11 prints an array, npm 12 an object by name.
function toReport(printed: PackReport[] | Record<string, PackReport>): PackReport {
  const [report] = Object.values(printed)
  if (report === undefined) throw new Error('npm pack reported no package')
  return report
}
