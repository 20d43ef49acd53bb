/*
 * What an adapter for an ORM builds on: `@freshet/core/adapter`. It may change with any release; the
 * public face is `@freshet/core`.
 */
export { encodeCanonical } from './canonical.js'
export { copyOut, prepareCopy } from './clone.js'
export { engineOf } from './engine.js'
export type { Engine } from './engine.js'
export { LoadContext } from './load-context.js'
export { all, andThen, isPromise } from './maybe-promise.js'
export type { MaybePromise } from './maybe-promise.js'
export { assertOptions, invalidOption, nearest, print } from './options.js'
export { isServerError } from './outcome.js'
export { policyOptionNames, resolvePolicy } from './policy.js'
export type { Policy } from './policy.js'
export type { ReadInfo, ReadRequest } from './read.js'
export { wholeSpaceTag } from './space.js'
export { clockTag, tableTag } from './tag.js'
export type { Write } from './write.js'
export { Observers, OpenWrites, Written } from './written.js'
export type { WriteObserver } from './written.js'
