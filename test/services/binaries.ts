import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { ServiceKind } from './service.js'

/** Programs of a server that is installed on this machine, as absolute paths. */
export interface Binaries {
  readonly server: string
  /** What creates an empty data folder; Redis needs nothing of the kind. */
  readonly init: string | undefined
}

const names: Readonly<Record<ServiceKind, { server: readonly string[]; init: readonly string[] }>> = {
  postgres: { server: ['postgres'], init: ['initdb'] },
  mariadb: { server: ['mariadbd'], init: ['mariadb-install-db'] },
  redis: { server: ['redis-server', 'valkey-server'], init: [] },
}

/** The programs of a server, or `undefined` if it is not installed. */
export function findBinaries(kind: ServiceKind): Binaries | undefined {
  for (const folder of folders()) {
    const server = firstExecutable(folder, names[kind].server)
    if (server === undefined) continue
    if (names[kind].init.length === 0) return { server, init: undefined }
    const init = kind === 'postgres' ? firstExecutable(folder, names[kind].init) : anywhere(names[kind].init)
    if (init !== undefined) return { server, init }
  }
  return undefined
}

/** Whether a container engine answers. */
export function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 5000 })
    return true
  } catch {
    return false
  }
}

// Debian keeps PostgreSQL's programs out of PATH, and mariadbd where only root's PATH points.
function folders(): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const brew = ['/opt/homebrew/opt', '/usr/local/opt'].flatMap((root) =>
    versions(root, 'postgresql@').map((name) => join(root, name, 'bin')),
  )
  const debian = versions('/usr/lib/postgresql', '').map((name) => join('/usr/lib/postgresql', name, 'bin'))
  return [...path, ...debian, ...brew, '/usr/sbin', '/usr/bin', '/usr/local/sbin']
}

function versions(root: string, prefix: string): string[] {
  if (!existsSync(root)) return []
  const number = (name: string) => Number.parseFloat(name.slice(prefix.length))
  return readdirSync(root)
    .filter((name) => name.startsWith(prefix) && !Number.isNaN(number(name)))
    .toSorted((a, b) => number(b) - number(a))
}

function anywhere(candidates: readonly string[]): string | undefined {
  for (const folder of folders()) {
    const found = firstExecutable(folder, candidates)
    if (found !== undefined) return found
  }
  return undefined
}

function firstExecutable(folder: string, candidates: readonly string[]): string | undefined {
  return candidates.map((name) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
