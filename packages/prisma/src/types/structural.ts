import type { Args, Exact, GetResult, Path, PrismaPromise, TypeMapDef } from '@prisma/client/runtime/client'
import type { CacheArgs, ReadOperation } from './cache-argument.js'

/**
 * The reads with `cache` for a client whose generator copied Prisma's run-time types beside it (`prisma-client-js` with
 * an `output` of one's own). There the copy of `ExtendsHook` is not the one that Freshet adds to, so the reads are typed
 * as model methods instead, from what can be seen of the model that they are called on.
 *
 * `Omitted` is the `omit` option of the client.
 */
export type StructuralReads<Omitted> = {
  [Operation in ReadOperation]: () => Operation extends 'findUnique' | 'findUniqueOrThrow' | 'groupBy'
    ? StructuralReadWithArgs<Operation, Omitted>
    : StructuralRead<Operation, Omitted>
}

/** A read whose arguments may not be left out. */
export interface StructuralReadWithArgs<Operation extends ReadOperation, Omitted> {
  <Model, const A>(
    this: Model,
    args: ArgsOf<Model, A, Operation>,
  ): Answer<TypesOf<Model>, A, Operation, Omitted>
}

/** A read whose arguments may be left out. */
export interface StructuralRead<Operation extends ReadOperation, Omitted> {
  <Model, const A>(
    this: Model,
    args?: ArgsOf<Model, A, Operation>,
  ): Answer<TypesOf<Model>, A, Operation, Omitted>
}

/**
 * The fields of a model that its client leaves out by the `omit` option. The option's type is not to be had, but its
 * effect can be seen: the row of a find without arguments lacks the field.
 */
export type OmittedFields<Model> = Model extends {
  findFirstOrThrow: (...args: never) => PromiseLike<infer Row>
}
  ? Exclude<keyof TypesOf<Model>['payload']['scalars'], keyof Row>
  : never

type ArgsOf<Model, A, Operation extends ReadOperation> = Exact<A, Args<Model, Operation> & CacheArgs>

type TypesOf<Model> = Model extends { [key: symbol]: { types: infer Types extends ModelTypes } }
  ? Types
  : never

interface ModelTypes {
  payload: Payload
  operations: TypeMapDef
}

interface Payload {
  name: string
  scalars: {}
  objects: {}
  composites: {}
}

type FluentRead = 'findUnique' | 'findUniqueOrThrow' | 'findFirst' | 'findFirstOrThrow'

type Answer<
  Types extends ModelTypes,
  A,
  Operation extends ReadOperation,
  Omitted,
> = Operation extends FluentRead
  ? PrismaPromise<GetResult<Types['payload'], A, Operation, { omit: Omitted }>> &
      Fluent<
        Types['payload'],
        Types['operations'][Operation]['args']['select'],
        Operation extends 'findUnique' | 'findFirst' ? null : never,
        Omitted
      >
  : PrismaPromise<
      GetResult<
        Types['payload'],
        Operation extends 'findMany' ? A : Writable<A>,
        Operation,
        { omit: Omitted }
      >
    >

// `const A` keeps the names in `by`, and makes everything readonly, which the result of an aggregation would inherit.
type Writable<A> = A extends readonly (infer Item)[]
  ? Item[]
  : A extends object
    ? { -readonly [Key in keyof A]: Writable<A[Key]> }
    : A

/** The relations that can be called on a find of one row. `Select` is the find's argument of that name. */
type Fluent<From, Select, Null, Omitted> = From extends Payload
  ? {
      [Name in keyof From['objects']]: <const A>(
        args?: Exact<A, Path<Select, [Name]>>,
      ) => PrismaPromise<
        | Path<
            GetResult<From, { select: { [Key in Name]: A } }, 'findUniqueOrThrow', { omit: Omitted }>,
            [Name]
          >
        | Null
      > &
        Fluent<
          NonNullable<From['objects'][Name]>,
          SelectOf<Path<Select, [Name]>>,
          Null | NullOf<From['objects'][Name]>,
          Omitted
        >
    }
  : unknown

type SelectOf<RelationArgs> = RelationArgs extends { select?: infer Select } ? NonNullable<Select> : never

type NullOf<Relation> = Relation extends null ? null : never
