import type { BlogAsks, BlogFacts, BlogMirror } from './blog-mirror.js'
import { blogFacts } from './blog-mirror.js'
import type { Question, Step } from './question.js'
import { between, createRandom, weighted, zipf } from './random.js'

export interface BlogClient {
  readonly asks: BlogAsks
  /** Counts a visit; no other column is written. */
  view(id: number): PromiseLike<unknown>
}

const exponent = 0.99

/** Readers of a blog; the only writes are view counters. Endless. */
export function* blogVisits(
  mirror: BlogMirror,
  { asks, view }: BlogClient,
  { seed, writeShare }: { readonly seed: number; readonly writeShare: number },
): Generator<Step> {
  const random = createRandom(seed)
  const facts = blogFacts(mirror)
  const popular = zipf(mirror.size, exponent)
  const ask = <Name extends keyof BlogFacts>(
    name: Name,
    ...values: Parameters<BlogFacts[Name]>
  ): Question => {
    const factOf = facts[name] as (...values: Parameters<BlogFacts[Name]>) => Question['fact']
    return { fact: factOf(...values), ask: () => asks[name](...values) }
  }
  const post = () => popular(random)
  const pages: readonly (readonly [weight: number, draw: () => readonly Question[]])[] = [
    [
      40,
      () => {
        const id = post()
        return [ask('postBySlug', id), ask('comments', id), ask('commentCount', id)]
      },
    ],
    [20, () => [ask('post', post())]],
    [15, () => [ask('newest', between(random, 0, 2))]],
    [15, () => [ask('postsOf', mirror.post(post()).authorId)]],
    [10, () => [ask('mostViewed')]],
  ]
  const drawPage = weighted(pages.map(([weight]) => weight))
  const perPage = 1.8
  const changeShare = (writeShare * perPage) / (1 - writeShare + writeShare * perPage)
  while (true) {
    if (random() >= changeShare) yield { questions: pages[drawPage(random)]![1]() }
    else {
      const id = post()
      yield { change: { name: 'view counted', write: () => view(id), mirror: () => mirror.viewed(id) } }
    }
  }
}
