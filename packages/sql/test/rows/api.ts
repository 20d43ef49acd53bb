import type * as source from '../../src/index.js'

/** What is tested: the package, or a copy of it with a rule taken out. */
export type Api = Pick<
  typeof source,
  'applyRead' | 'applyWrite' | 'normalValue' | 'planRead' | 'planWrite' | 'prepareRead' | 'valueTypeOf'
>
