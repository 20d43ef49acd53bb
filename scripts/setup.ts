// Provides what the tests need, and says what it did: `npm run setup`, after `npm ci`.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dockerAnswers, findBinaries } from '../test/services/binaries.js'
import type { ServiceKind } from '../test/services/service.js'

/** How a package manager calls the three servers, and how it is told to install them. */
interface Installer {
  readonly name: string
  readonly packages: Readonly<Record<ServiceKind, string>>
  readonly install: (packages: readonly string[]) => void
}

const kinds = ['postgres', 'mariadb', 'redis'] as const satisfies readonly ServiceKind[]

const brew: Installer = {
  name: 'brew',
  packages: { postgres: 'postgresql@17', mariadb: 'mariadb', redis: 'redis' },
  install: (packages) => run('brew', ['install', ...packages]),
}

const apt: Installer = {
  name: 'apt-get',
  packages: { postgres: 'postgresql', mariadb: 'mariadb-server', redis: 'redis-server' },
  install: (packages) => {
    runAsRoot(['apt-get', 'update', '-q'])
    withoutStartingServices(() =>
      runAsRoot(['apt-get', 'install', '-q', '-y', '--no-install-recommends', ...packages]),
    )
  },
}

provideServers()
generateClients()
say('ready: npm test')

function provideServers(): void {
  if (process.env['FRESHET_SERVICES'] !== 'local' && dockerAnswers()) {
    say(
      'a container engine answers: the tests will start PostgreSQL, MariaDB and Redis in it; nothing to install',
    )
    return
  }
  const missing = kinds.filter((kind) => findBinaries(kind) === undefined)
  for (const kind of kinds) {
    const found = findBinaries(kind)
    if (found !== undefined) say(`${kind}: ${found.server} is on this machine`)
  }
  if (missing.length > 0) install(missing)
}

function install(missing: readonly ServiceKind[]): void {
  const installer = availableInstaller()
  const packages = missing.map((kind) => installer.packages[kind])
  say(`installing ${packages.join(', ')} with ${installer.name}`)
  installer.install(packages)
  const stillMissing = missing.filter((kind) => findBinaries(kind) === undefined)
  if (stillMissing.length > 0)
    throw new Error(
      `${installer.name} reported success, but ${stillMissing.join(', ')} cannot be found afterwards`,
    )
  say(`installed ${packages.join(', ')}`)
}

function availableInstaller(): Installer {
  if (process.platform === 'darwin' && succeeds('brew', ['--version'])) return brew
  if (process.platform === 'linux' && succeeds('apt-get', ['--version'])) return apt
  throw new Error(
    'no container engine answers, and neither apt-get nor brew is here to install the servers; ' +
      'start Docker, or install PostgreSQL, MariaDB and Redis so that their programs are in PATH, and run npm run setup again',
  )
}

// Debian starts a server as soon as its package is configured, unless this file says no. The tests start their own,
// on free ports, so that nothing of the machine's is touched.
function withoutStartingServices(action: () => void): void {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) {
    action()
    return
  }
  runAsRoot(['sh', '-c', `printf '#!/bin/sh\\nexit 101\\n' > ${policy} && chmod 755 ${policy}`])
  try {
    action()
  } finally {
    runAsRoot(['rm', '-f', policy])
  }
}

function runAsRoot(command: readonly [string, ...string[]]): void {
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive', ...command] as const
  if (process.getuid?.() === 0) run('env', environment.slice(1))
  else if (succeeds('sudo', ['--version'])) run('sudo', environment)
  else throw new Error(`'${command.join(' ')}' needs root, and there is no sudo; run npm run setup as root`)
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
}

function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function generateClients(): void {
  say('generating the Prisma clients of the tests, examples and benchmarks')
  run('npm', ['run', '--silent', 'generate'])
}

function say(what: string): void {
  console.log(`setup: ${what}`)
}
