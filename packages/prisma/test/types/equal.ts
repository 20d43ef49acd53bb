/** Whether two types are the same to the compiler, not only assignable to each other. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles if what two calls answer has the same type, and if both are PrismaPromises. */
export declare function sameAnswer<A, B>(
  freshet: PrismaPromiseLike<A>,
  prisma: PrismaPromiseLike<B>,
  ...difference: Equal<A, B> extends true ? [] : [{ freshet: A; prisma: B }]
): void

/** Compiles if the value has exactly the type `Expected`. */
export declare function hasType<Expected>(): <Actual>(
  value: Actual,
  ...difference: Equal<Actual, Expected> extends true ? [] : [{ expected: Expected }]
) => void

interface PrismaPromiseLike<T> extends Promise<T> {
  readonly [Symbol.toStringTag]: 'PrismaPromise'
}
