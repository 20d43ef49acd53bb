import type { CallStyle } from './calls.js'

/** One way of typing `cache` that is measured against the others. */
export interface Candidate {
  readonly name: string
  /** Declares the exported client `db`; `adapter` and the imports from the generated client are there. */
  readonly head: string
  readonly calls: CallStyle
}

const client = 'new PrismaClient({ adapter })'

const allModels = `interface CacheArgs { cache?: boolean | { ttl?: number | string; tags?: readonly string[] } }
type Read<F extends Op> = <T, A>(this: T, args?: Prisma.Exact<A, Prisma.Args<T, F> & CacheArgs>) => Prisma.PrismaPromise<Prisma.Result<T, A, F>>
type Op = 'findUnique' | 'findUniqueOrThrow' | 'findFirst' | 'findFirstOrThrow' | 'findMany' | 'count' | 'aggregate' | 'groupBy'
export const db = ${client}.$extends({ model: { $allModels: {} as { [F in Op]: Read<F> } } })`

const clientLevel = `export const db = ${client}.$extends({
  client: {} as {
    $cached<T>(this: T, options: { ttl?: number | string }): T
    $cacheInfo<T>(promise: Prisma.PrismaPromise<T>): Promise<{ data: T; info: { status: string } }>
  },
})`

const freshet = (typesModule: string) => `import type { FreshetExtension } from '${typesModule}'
declare function freshet<Client>(): FreshetExtension<Client>
export const db = ${client}.$extends(freshet())`

// Without the brand, `$extends` cannot tell Freshet's extension from any other, as with a client that carries a copy of
// Prisma's types.
const structural = (
  typesModule: string,
) => `import type { FreshetExtension, FreshetBrand } from '${typesModule}'
interface Unbranded<Client> { (client: Client): ReturnType<FreshetExtension<Client>> }
declare function freshet<Client>(): Unbranded<Client>
export const db = ${client}.$extends(freshet())`

/** The base that the others are compared with. */
export const base = '$extends({})'

/** The candidates, given how the generated modules import the types of `@freshet/prisma`. */
export function candidates(typesModule: string): readonly Candidate[] {
  return [
    { name: 'plain client', head: `export const db = ${client}`, calls: 'plain' },
    { name: base, head: `export const db = ${client}.$extends({})`, calls: 'plain' },
    { name: 'freshet', head: freshet(typesModule), calls: 'plain' },
    { name: 'freshet, cache in every read', head: freshet(typesModule), calls: 'cache-argument' },
    { name: 'freshet, $cached everywhere', head: freshet(typesModule), calls: 'client-level' },
    { name: 'freshet on a copy of the types', head: structural(typesModule), calls: 'plain' },
    { name: '$allModels: {} as Typings', head: allModels, calls: 'plain' },
    { name: 'client level only', head: clientLevel, calls: 'plain' },
  ]
}
