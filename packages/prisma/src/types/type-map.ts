import type { Call, Fn, InternalArgs, TypeMapCbDef, TypeMapDef } from '@prisma/client/runtime/client'
import type { CacheArgs, ReadOperation } from './cache-argument.js'

/**
 * Prisma's own table of a client's types with `cache` among the arguments of every read.
 *
 * Everything else about an extended client (results, fluent relations, transactions, later extensions) is computed by
 * Prisma from this table, so nothing of it has to be typed a second time here, and nothing can differ.
 */
export interface CachedTypeMap<TypeMap extends TypeMapDef> {
  globalOmitOptions: TypeMap['globalOmitOptions']
  meta: TypeMap['meta']
  model: { [Name in keyof TypeMap['model']]: CachedModel<TypeMap['model'][Name]> }
  other: TypeMap['other']
}

interface CachedModel<Model extends TypeMapDef> {
  payload: Model['payload']
  fields: Model['fields']
  operations: { [Name in keyof Model['operations']]: CachedOperation<Name, Model['operations'][Name]> }
}

type CachedOperation<Name, Operation extends TypeMapDef> = Name extends ReadOperation
  ? { args: Operation['args'] & CacheArgs; result: Operation['result'] }
  : Operation

/** The function of types by which Prisma computes a client's table anew when an extension is added: here with `cache`. */
export interface CachedTypeMapCb<TypeMapCb extends TypeMapCbDef> extends Fn<
  { extArgs: InternalArgs },
  TypeMapDef
> {
  returns: CachedTypeMap<Call<TypeMapCb, ResultsOnly<this['params']>>>
}

// Arguments and results only depend on the `result` components. Left in, the components of the client and its models
// would make every argument type differ from the exported `Prisma.XFindManyArgs`, so that passing one compares the two
// along the whole graph of relations: "Excessive stack depth" at a chain of 40 models.
interface ResultsOnly<Params extends { extArgs: InternalArgs }> {
  extArgs: ResultArgs<Params['extArgs']['result']>
}

type ResultArgs<Result> = { result: Result; model: {}; query: {}; client: {} }
