import { mkdirSync, writeFileSync } from 'node:fs'
import type { Measurement } from './measure.js'

/** A figure that must be reached. */
export interface Goal {
  readonly name: string
  readonly value: number
  readonly limit: number
  /** Whether `value` must not be above `limit`, or not below it. */
  readonly atMost: boolean
}

export interface Section {
  readonly title: string
  readonly rows: Readonly<Record<string, Measurement>>
  readonly goals: readonly Goal[]
}

export function print(section: Section): void {
  console.log(`\n${section.title}`)
  const [first] = Object.keys(section.rows)
  for (const [name, { medianUs, ratio }] of Object.entries(section.rows)) {
    const compared = name === first ? '' : `  ${ratio.toFixed(3)} × ${first}`
    console.log(`  ${name.padEnd(44)} ${medianUs.toFixed(2).padStart(9)} µs${compared}`)
  }
  for (const goal of section.goals)
    console.log(`  ${isReached(goal) ? 'reached' : 'MISSED '}  ${describe(goal)}`)
}

export const isReached = ({ value, limit, atMost }: Goal): boolean =>
  atMost ? value <= limit : value >= limit

const describe = ({ name, value, limit, atMost }: Goal): string =>
  `${name}: ${value.toFixed(3)} (${atMost ? 'at most' : 'at least'} ${limit})`

/** Writes what was measured to `bench/results/<name>.json`. */
export function save(name: string, sections: readonly object[]): void {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const { version, platform, arch } = process
  writeFileSync(
    new URL(`${name}.json`, folder),
    `${JSON.stringify({ node: version, platform, arch, sections }, null, 2)}\n`,
  )
}
