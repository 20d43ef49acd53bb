import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { installConsumer } from './consumer.js'
import { type PackedPackage, packAll } from './packed.js'

declare module 'vitest' {
  interface ProvidedContext {
    readonly packed: readonly PackedPackage[]
    /** Folder of an application in which the packed packages are installed. */
    readonly consumer: string
  }
}

/** Packs and installs once for all files of a run. */
export async function setup(project: TestProject): Promise<() => void> {
  const tarballs = mkdtempSync(join(tmpdir(), 'freshet-packed-'))
  const packed = await packAll(tarballs)
  project.provide('packed', packed)
  project.provide('consumer', await installConsumer(packed))
  return () => rmSync(tarballs, { recursive: true, force: true })
}
