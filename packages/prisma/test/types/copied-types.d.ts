// What an application writes beside a client that carries a copy of Prisma's types, to have the exact types there too.
import type { Call, TypeMapCbDef, TypeMapDef } from './generated/client-js/runtime/client.js'
import type { FreshetBrand, FreshetClient } from '../../src/types/index.js'

declare module './generated/client-js/runtime/client.js' {
  interface ExtendsHook<
    Variant extends 'extends' | 'define',
    TypeMapCb extends TypeMapCbDef,
    // oxlint-disable-next-line typescript/no-explicit-any -- Prisma's word
    ExtArgs extends Record<string, any>,
    TypeMap extends TypeMapDef = Call<TypeMapCb, { extArgs: ExtArgs }>,
  > {
    (extension: FreshetBrand): FreshetClient<TypeMapCb, ExtArgs>
  }
}
