import type { FreshetExtension } from '../../src/types/index.js'

/** Only the type matters here: what the real `freshet()` does is tested elsewhere. */
export declare function freshet<Client>(options?: { readonly cache?: unknown }): FreshetExtension<Client>
