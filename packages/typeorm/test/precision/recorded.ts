import { isDeepStrictEqual } from 'node:util'
import type { DataSource } from 'typeorm'
import type { Api } from './api.js'
import type { ReadCase } from './read-cases.js'
import type { Sent } from './watched-source.js'
import { watch } from './watched-source.js'
import type { Variant, VariantOptions } from './world.js'
import type { variantsOf } from './world.js'
import { rowsOf } from './world.js'

/** A case, and what was sent for it. */
export interface Recorded {
  readonly one: ReadCase
  readonly sent: readonly Sent[]
}

/** Sends every case once. */
export async function recordCases(
  dataSource: DataSource,
  cases: readonly ReadCase[],
): Promise<readonly Recorded[]> {
  const sent = watch(dataSource)
  const recorded: Recorded[] = []
  for (const one of cases) {
    sent.length = 0
    await one[1](dataSource.manager)
    recorded.push({ one, sent: sent.slice() })
  }
  return recorded
}

/** What is found of each statement of a case, as the cases write it. */
function found(variant: Variant, { one: [, , , options], sent }: Recorded): readonly string[] {
  return sent.map(({ sql, parameters, result }) => {
    const read = variant.precision.read(sql, parameters)
    const late = read.lateTags(options?.rows ?? rowsOf(result))
    const parts = [read.tags, read.clocks, late ?? ['?']].map((tags) => tags.toSorted().join(' '))
    while (parts.at(-1) === '') parts.pop()
    return parts.join(' | ')
  })
}

export type VariantOf = Awaited<ReturnType<typeof variantsOf>>

/** Of all cases, the ways to tell what they depend on, each made once. */
export function createFinder(variantOf: VariantOf, api?: Api): (recorded: Recorded) => readonly string[] {
  const variants = new Map<string, Variant>()
  return (recorded) => {
    const { isEnforced = false, entities = {} }: VariantOptions = recorded.one[3] ?? {}
    const likeness = JSON.stringify({ isEnforced, entities })
    const variant = variants.get(likeness) ?? variantOf('case', { isEnforced, entities }, api)
    variants.set(likeness, variant)
    return found(variant, recorded)
  }
}

/** How the answer to a case differs from what it should be. */
export function differingRead(
  variantOf: VariantOf,
  recorded: readonly Recorded[],
  api?: Api,
): string | undefined {
  const find = createFinder(variantOf, api)
  for (const one of recorded) {
    const [rule, , expected] = one.one
    const answer = find(one)
    if (!isDeepStrictEqual(answer, expected))
      return `${rule}: expected ${expected.join()}, but found ${answer.join()}`
  }
  return undefined
}
