import { bench, do_not_optimize, run } from 'mitata'
import objectHash from 'object-hash'
import { encodeCanonical } from '../src/canonical.js'
import { digest } from '../src/digest.js'

// node --expose-gc --import tsx --conditions=@freshet/source bench/canonical.ts

const byId = { where: { id: 7 } }
const findMany = {
  where: {
    active: true,
    role: { in: ['ADMIN', 'EDITOR'] },
    createdAt: { gte: new Date(1_700_000_000_000) },
    name: { contains: 'an' },
  },
  include: {
    posts: { where: { published: true }, orderBy: { createdAt: 'desc' }, take: 5 },
    profile: true,
    _count: { select: { posts: true } },
  },
  orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
  take: 20,
  skip: 40,
}
const ids = { where: { id: { in: Array.from({ length: 100 }, (_, i) => i * 13) } } }

// A text is only a key once it is in one piece and hashed, so each is looked up as well.
const entries = new Map<string, number>()
for (const value of [byId, findMany, ids]) entries.set(encodeCanonical(value) ?? '', 1)
const lookUp = (value: unknown): number | undefined => entries.get(encodeCanonical(value) ?? '')

for (const [name, value] of Object.entries({ byId, findMany, ids })) {
  bench(`canonical, ${name}`, () => do_not_optimize(encodeCanonical(value)))
  bench(`canonical and look-up, ${name}`, () => do_not_optimize(lookUp(value)))
  bench(`JSON.stringify, ${name}`, () => do_not_optimize(JSON.stringify(value)))
  bench(`object-hash, ${name}`, () => do_not_optimize(objectHash(value)))
}
const text = encodeCanonical(findMany) ?? ''
bench(`digest of ${text.length} characters`, () => do_not_optimize(digest(text)))

await run()
