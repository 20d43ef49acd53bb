import type {
  Call,
  DynamicClientExtensionThis,
  MergeExtArgs,
  TypeMapCbDef,
  TypeMapDef,
} from '@prisma/client/runtime/client'
import type { ClientComponents, ModelComponents } from './faces.js'
import type { OmittedFields, StructuralReads } from './structural.js'
import type { CachedTypeMapCb } from './type-map.js'

declare const isFreshet: unique symbol

/** Tells Freshet's extension from every other where `$extends` is typed. A type only: there is no such property. */
export interface FreshetBrand {
  readonly [isFreshet]: true
}

/**
 * What `freshet(options)` returns, for `$extends`.
 *
 * `Client` is the client that it will be added to; it is inferred when `freshet()` is called inside `$extends()`, and
 * only needed for clients that carry a copy of Prisma's types (see {@link StructuralReads}).
 */
export interface FreshetExtension<Client = unknown> extends FreshetBrand {
  (client: Client): { $extends: { extArgs: StructuralArgs<Client> } }
}

/** The components that Freshet adds to a client. */
export interface FreshetArgs {
  result: {}
  model: { $allModels: ModelComponents }
  query: {}
  client: ClientComponents
}

/** {@link FreshetArgs} for clients that carry a copy of Prisma's types. */
interface StructuralArgs<Client> {
  result: {}
  model: {
    $allModels: ModelComponents &
      StructuralReads<{
        [Model in keyof Client as [OmittedFields<Client[Model]>] extends [never] ? never : Model]: {
          [Field in OmittedFields<Client[Model]>]: true
        }
      }>
  }
  query: {}
  client: ClientComponents
}

/** The type of a client after `$extends(freshet(options))`. `TypeMapCb` and `ExtArgs` are Prisma's. */
export type FreshetClient<TypeMapCb extends TypeMapCbDef, ExtArgs extends Record<string, unknown>> = ClientOf<
  CachedTypeMapCb<TypeMapCb>,
  MergeExtArgs<Call<TypeMapCb, { extArgs: ExtArgs }>, ExtArgs, FreshetArgs>
>

type ClientOf<
  TypeMapCb extends TypeMapCbDef,
  ExtArgs extends Record<string, unknown>,
> = DynamicClientExtensionThis<Call<TypeMapCb, { extArgs: ExtArgs }>, TypeMapCb, ExtArgs>

declare module '@prisma/client/runtime/client' {
  // The type parameters must be those of Prisma's declaration to the letter.
  interface ExtendsHook<
    Variant extends 'extends' | 'define',
    TypeMapCb extends TypeMapCbDef,
    // oxlint-disable-next-line typescript/no-explicit-any -- Prisma's word
    ExtArgs extends Record<string, any>,
    TypeMap extends TypeMapDef = Call<TypeMapCb, { extArgs: ExtArgs }>,
  > {
    (extension: FreshetBrand): {
      extends: FreshetClient<TypeMapCb, ExtArgs>
      define: (client: unknown) => { $extends: { extArgs: FreshetArgs } }
    }[Variant]
  }
}
