import type { CommandPart } from '../client.js'

/** A command that is tried on a connection of its own, in a form that changes nothing. */
export interface Trial {
  readonly command: readonly [name: string, ...parts: CommandPart[]]
  /** What is lost without it. */
  readonly for: string
}

export interface TrialsOptions {
  /** A key that is not there, and never will be. */
  readonly key: string
  /** Whether changes are pushed to this process. */
  readonly isPushed: boolean
  /** Whether entries travel: the channel that they would travel on. */
  readonly channel: string | undefined
}

const caching = 'anything is cached'
const noScript = '0'.repeat(40)

/** Everything that the store asks of a server in this mode. A subscribed connection takes nothing else, so that comes last. */
export function trials({ key, isPushed, channel }: TrialsOptions): readonly Trial[] {
  const always: Trial[] = [
    { command: ['info', 'replication'], for: caching },
    { command: ['time'], for: caching },
    { command: ['get', key], for: caching },
    { command: ['mget', key], for: caching },
    { command: ['getrange', key, 0, 0], for: caching },
    { command: ['set', key, '', 'px', 1, 'xx'], for: caching },
    { command: ['del', key], for: caching },
    { command: ['evalsha', noScript, 1, key], for: caching },
    { command: ['eval', 'return 1', 1, key], for: caching },
  ]
  if (channel !== undefined) always.push({ command: ['publish', channel, ''], for: 'entries travel' })
  if (!isPushed) return always
  const pushed = 'the server pushes changes'
  return [
    ...always,
    { command: ['client', 'id'], for: pushed },
    { command: ['client', 'tracking', 'off'], for: pushed },
    { command: ['subscribe', '__redis__:invalidate'], for: pushed },
  ]
}
