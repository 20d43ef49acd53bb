import { execFileSync } from 'node:child_process'

/** The account that a server must run as. Empty: the account that runs the tests. */
export interface Owner {
  readonly uid?: number
  readonly gid?: number
}

/**
 * The account under which a server may run.
 *
 * PostgreSQL and MariaDB refuse to run as root, so root hands them to the account that their packages made.
 */
export function ownerFor(account: string): Owner {
  if (process.getuid?.() !== 0) return {}
  return { uid: idOf(account, '-u'), gid: idOf(account, '-g') }
}

function idOf(account: string, flag: '-u' | '-g'): number {
  try {
    return Number(
      execFileSync('id', [flag, account], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch (cause) {
    throw new Error(
      `the server refuses to run as root and there is no account '${account}'; install the server's package (npm run setup) or run the tests as another user`,
      { cause },
    )
  }
}
