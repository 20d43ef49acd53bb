/** Something that works, but not as its owner most likely wants. */
export interface Advice {
  /** `docs/guides/advice.md` has a section for each. */
  readonly code: AdviceCode
  /** What was found, what it means, what to do. */
  readonly message: string
}

type AdviceCode =
  | 'REDIS_EVICTION'
  | 'REDIS_PERMISSIONS'
  | 'REDIS_PROXY'
  | 'REDIS_LEASE'
  | 'REDIS_CLOCKS'
  | 'REDIS_TAG_TTL'
  | 'REDIS_TWO_APPLICATIONS'
  | 'REDIS_TWO_VERSIONS'
