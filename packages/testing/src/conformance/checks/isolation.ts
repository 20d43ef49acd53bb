import { checksOf } from '../check.js'
import { HeldLoader } from '../../held.js'

export const isolationChecks = checksOf('cache', 'isolation', {
  'what the loader kept, the first reader, those who joined and those who hit have copies of their own':
    async ({ newCache, settled, kept, served }) => {
      const { cache } = newCache()
      const loader = new HeldLoader<{ list: number[] }>()
      const first = cache.getOrSet('k', loader.load)
      await settled()
      const joined = cache.getOrSet('k', loader.load)
      const joinedToo = cache.getOrSet('k', loader.load)
      await settled()
      const source = { list: [1] }
      loader.landAll(source)
      const answers = [await first, await joined, await joinedToo]
      answers.push(
        await cache.getOrSet('k', loader.load),
        (await cache.get<{ list: number[] }>('k')) ?? { list: [1] },
      )
      source.list.push(0)
      answers.forEach((answer, index) => answer.list.push(index + 2))
      // The loader's object is the first reader's own.
      kept(answers.slice(1).map(({ list }) => list)).toEqual([
        [1, 3],
        [1, 4],
        [1, 5],
        [1, 6],
      ])
      served(await cache.get('k')).toEqual({ list: [1] })
      kept(loader.count).toBe(1)
    },

  'what set was given may be changed afterwards': async ({ newCache, served }) => {
    const { cache } = newCache()
    const value = { a: { b: 1 } }
    const done = cache.set('k', value)
    value.a.b = 2
    await done
    value.a.b = 3
    served(await cache.get('k')).toEqual({ a: { b: 1 } })
  },
})
