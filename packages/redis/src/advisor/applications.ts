import type { Advice } from './advice.js'
import type { ApplicationOptions } from './options.js'

/** Who has been seen in a namespace. Times are a server's, in ms. */
export interface Member {
  readonly name: string
  readonly version: string
  readonly firstAt: number
  readonly lastAt: number
}

const forgottenAfterMs = 3_600_000
const longDeployMs = 3_600_000
const maxMembers = 20

/** The members with this application as seen now, and without those who have not been seen for an hour. */
export function withMember(
  members: readonly Member[],
  { name, version = '' }: ApplicationOptions,
  now: number,
): readonly Member[] {
  const isSelf = (member: Member) => member.name === name && member.version === version
  const self = members.find(isSelf)
  const others = members.filter((member) => !isSelf(member) && now - member.lastAt < forgottenAfterMs)
  return [{ name, version, firstAt: self?.firstAt ?? now, lastAt: now }, ...others].slice(0, maxMembers)
}

/** Whom this application should not share the namespace with, if anybody is there. */
export function applications(
  members: readonly Member[],
  { name, version = '' }: ApplicationOptions,
  namespace: string,
  now: number,
): Advice | undefined {
  const stranger = members.find((member) => member.name !== name)
  if (stranger !== undefined) return twoApplications(name, stranger.name, namespace)
  const other = members.find((member) => member.version !== version)
  const self = members.find((member) => member.version === version)
  if (other === undefined || self === undefined) return undefined
  // Side by side from when the later one came until the earlier one was last seen.
  const besideMs = Math.min(self.lastAt, other.lastAt) - Math.max(self.firstAt, other.firstAt)
  const isThere = now - other.lastAt < longDeployMs / 2
  return besideMs >= longDeployMs && isThere ? twoVersions(self, other, besideMs) : undefined
}

function twoApplications(name: string, other: string, namespace: string): Advice {
  return {
    code: 'REDIS_TWO_APPLICATIONS',
    message: `The applications '${name}' and '${other}' use ${namespace} at the same time. Tables of one name are one to the cache, so what one writes invalidates the other's entries; and if they have the same schema in two databases, one is answered with the rows of the other. Give each its own 'namespace' in createCache(), or its own 'prefix' in redisStore(); if they share a database, give both the same advice.application.name.`,
  }
}

function twoVersions(self: Member, other: Member, besideMs: number): Advice {
  return {
    code: 'REDIS_TWO_VERSIONS',
    message: `Versions '${self.version}' and '${other.version}' of the application '${self.name}' have run side by side for ${Math.round(besideMs / 60_000)} minutes. For the length of a deploy that is as it should be. For longer, each fills the store with entries that the other does not use, and where their schemas differ, the older one does not know all that the newer one's writes touch. End the older one, or give it a namespace of its own.`,
  }
}

/** What was stored, if it is what `withMember` made; nobody, if it is not. */
export function parseMembers(text: string | undefined): readonly Member[] {
  try {
    const list = JSON.parse(text ?? '[]') as unknown
    return Array.isArray(list) ? list.filter(isMember) : []
  } catch {
    return []
  }
}

function isMember(value: unknown): value is Member {
  if (typeof value !== 'object' || value === null) return false
  const { name, version, firstAt, lastAt } = value as Record<string, unknown>
  return (
    typeof name === 'string' &&
    typeof version === 'string' &&
    Number.isFinite(firstAt) &&
    Number.isFinite(lastAt)
  )
}
