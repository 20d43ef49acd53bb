import type { DataSource } from 'typeorm'
import { createCache } from '@freshet/core'
import { freshet } from '@freshet/typeorm'
import type { Rounds } from './measure.js'
import { measure } from './measure.js'
import type { Section } from './report.js'
import { authors, connect, posts } from './typeorm-tables.js'

const calls = {
  'one row': (dataSource: DataSource) => dataSource.getRepository(authors).findOne({ where: { id: 7 } }),
  '100 rows with a relation': (dataSource: DataSource) =>
    dataSource.getRepository(posts).find({ relations: { author: true } }),
  'an update': (dataSource: DataSource, call: number) =>
    dataSource.getRepository(posts).update({ id: 8 }, { views: call }),
  'a save': (dataSource: DataSource, call: number) =>
    dataSource.getRepository(authors).save({ id: 9, name: `Author ${call}` }),
}

/** What reads that are not cached, and writes, cost with the option installed; on PostgreSQL. */
export async function benchTypeormOverhead(driver: object, rounds: Rounds): Promise<readonly Section[]> {
  const plain = await connect(driver)
  const plainToo = await connect(driver)
  const cached = await connect(driver, { cache: freshet({ cache: createCache() }) })
  const sections: Section[] = []
  for (const [what, call] of Object.entries(calls)) {
    let number = 0
    const rows = await measure(
      {
        'without the option': () => call(plain, number++),
        'the same on another data source': () => call(plainToo, number++),
        'with the option': () => call(cached, number++),
      },
      rounds,
    )
    sections.push({
      title: `typeorm: uncached, ${what}`,
      rows,
      goals: [
        { name: 'with against without', value: rows['with the option'].ratio, limit: 1.03, atMost: true },
      ],
    })
  }
  await Promise.all([plain, plainToo, cached].map((dataSource) => dataSource.destroy()))
  return sections
}
