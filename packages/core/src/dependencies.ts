import type { ShownRows } from './conditions.js'

/**
 * What an answer depends on. A store in this process looks at it only when it has to, so who finds it out may wait until
 * somebody does.
 */
export interface Dependencies {
  /** Normalised tags that are known before the load. */
  readonly tags: readonly string[]
  /** What only the answer tells that it depends on. Default: nothing. */
  readonly late?: LateTags | undefined
  /** Tells what a stored answer shows. Default: nobody can, and it ends with every change of its tags. */
  readonly shown?: ShownRows | undefined
  /**
   * Who says so: answers under one key depend on the same if it is the same for both. Default: nobody, and their tags are
   * compared.
   */
  readonly toldBy?: object | undefined
}

/** Tags that are known once the data has been read. */
export interface LateTags {
  /** Every write that changes one of these tags changes one of the clocks, which are read before the data. */
  readonly clocks: readonly string[]
  /** Those of an answer; `undefined`: it cannot be told, and the clocks stand for them. */
  of(value: unknown): readonly string[] | undefined
}

/** All tags whose generations must be read before the data. */
export function toldBefore({ tags, late }: Dependencies): readonly string[] {
  return late === undefined ? tags : [...tags, ...late.clocks]
}

/** Whether what is stored depends on everything that is asked for. */
export function covers(
  stored: Pick<Dependencies, 'tags' | 'toldBy'>,
  asked: Pick<Dependencies, 'tags' | 'toldBy'>,
): boolean {
  if (stored.toldBy !== undefined && stored.toldBy === asked.toldBy) return true
  const { tags } = asked
  if (stored.tags === tags) return true
  for (let i = 0; i < tags.length; i++) {
    if (stored.tags[i] !== tags[i] && !stored.tags.includes(tags[i]!)) return false
  }
  return true
}
