import { Chance } from '../../../../test/copies/chance.js'
import type { DataSource } from 'typeorm'
import type { OtherAnswers } from '@freshet/core/adapter'
import { tableOfEntity } from '../../src/declared.js'
import type { Conditions } from '../../../core/src/conditions.js'
import { canonical } from './print.js'
import type { RandomRead } from './random-read.js'
import { ReadMaker } from './random-read.js'
import { WriteMaker } from './random-write.js'
import { seedRows } from './seed-rows.js'
import { stops } from './stops.js'
import type { Sent } from './watched-source.js'
import { watch } from './watched-source.js'
import type { Kept, Variant, VariantOptions } from './world.js'
import { shownIn, variantsOf } from './world.js'

/** A read whose answer a write changed without one of its tags falling. */
interface Finding {
  readonly variant: string
  readonly read: string
  readonly statements: readonly string[]
  readonly write: string
  readonly before: string
  readonly after: string
  readonly carried: readonly string[]
  readonly bumped: readonly string[]
}

/** Of pairs of a read and a write that touched rows. */
export interface Figures {
  pairs: number
  changed: number
  /** Of the pairs whose answer did not change. */
  unchanged: number
  leftAlone: number
  /** Of these, those of which a tag was bumped that stood for other rows. */
  outlived: number
  /** As many would have been left alone by tables. */
  leftAloneByTables: number
  readonly byKind: Map<string, { unchanged: number; leftAlone: number }>
}

/** A read and a write that changed its answer: the statements of both. */
export interface ChangedPair {
  readonly read: readonly Sent[]
  readonly write: readonly Sent[]
}

interface Live {
  readonly key: string
  readonly read: RandomRead
  answer: string
  sent: readonly Sent[]
  readonly kept: Map<string, Kept>
}

export const ways: Readonly<Record<string, VariantOptions>> = {
  enforced: { isEnforced: true },
  plain: {},
  mixed: {
    isEnforced: true,
    entities: {
      Person: { precision: 'table' },
      Post: { watch: ['title', 'kind'], volatile: ['reviewer', 'slug', 'deletedAt'] },
    },
  },
}

/**
 * Writes at random, and looks after each write at many reads: whichever answers otherwise now must carry a tag that the
 * write bumped.
 */
export async function hunt(
  dataSource: DataSource,
  given: { readonly seed: number; readonly pairs: number; readonly reads: number },
) {
  const chance = new Chance(given.seed)
  const variantOf = await variantsOf(dataSource)
  const variants = Object.entries(ways).map(([name, options]) => variantOf(name, options))
  const sent = watch(dataSource)
  const reads = new ReadMaker(chance, dataSource)
  const writes = new WriteMaker(chance, dataSource, reads)
  const findings: Finding[] = []
  const changed: ChangedPair[] = []
  const figures = new Map(variants.map(({ name }) => [name, newFigures()] as const))
  const refused = { reads: 0, writes: 0, told: '' }
  const tables = dataSource.entityMetadatas.map(tableOfEntity)
  let live: Live[] = []
  let made = 0
  await seedRows(dataSource)
  for (let pairs = 0; pairs < given.pairs && findings.length < 3;) {
    while (live.length < given.reads) {
      const made = await begin(reads.read())
      if (made !== undefined) live.push(made)
    }
    sent.length = 0
    const write = await writes.write().catch((error: unknown) => {
      refused.writes++
      return `refused: ${String(error).slice(0, 200)}`
    })
    const statements = sent.slice()
    if (!statements.some(({ sql }) => /^\s*(INSERT|UPDATE|DELETE)/i.test(sql))) continue
    const answers = []
    for (const { read } of live) answers.push(await ask(read))
    for (const variant of variants) {
      const bumped = variant.writeTags(statements)
      const conditions = variant.conditionsOf(statements)
      for (const [at, one] of live.entries()) judge(variant, one, answers[at]!, write, bumped, conditions)
    }
    pairs += live.length
    // What was not stopped stays as it was stored.
    const stopped = live.map((one) => variants.filter((variant) => isStopped(variant, one, statements)))
    for (const [at, one] of live.entries()) settle(one, answers[at]!, statements, stopped[at]!)
    live = live.filter(() => !chance.isOneIn(12))
  }
  return { findings, figures, refused, changed, variantOf }

  async function ask(read: RandomRead): Promise<Pick<Live, 'answer' | 'sent'>> {
    sent.length = 0
    try {
      const value = await read.send()
      return { answer: canonical(value, read.isOrdered), sent: sent.slice() }
    } catch (error) {
      refused.told = `${read.text}: ${String(error)}`
      return { answer: `error: ${String(error).slice(0, 1000)}`, sent: sent.slice() }
    }
  }

  /** As a cache keeps it: it may tell others of its rows. */
  function keep(variant: Variant, key: string, statements: readonly Sent[]): Kept {
    const kept = variant.kept(statements)
    variant.judge.note({ scope: 'a', key }, tables, kept.rows, shownIn)
    return kept
  }

  /** Those are served that carry none of the tags. */
  function othersOf(variant: Variant, bumped: ReadonlySet<string> | 'all'): OtherAnswers {
    return {
      find(key) {
        const other = live.find((candidate) => candidate.key === key)?.kept.get(variant.name)
        return other === undefined || meets(other.tags, bumped) ? undefined : other.rows
      },
      mayBeWritten: () => false,
    }
  }

  async function begin(read: RandomRead): Promise<Live | undefined> {
    const { answer, sent: statements } = await ask(read)
    if (answer.startsWith('error')) {
      refused.reads++
      return undefined
    }
    const key = String(++made)
    const kept = new Map(variants.map((variant) => [variant.name, keep(variant, key, statements)] as const))
    return { key, read, answer, sent: statements, kept }
  }

  function judge(
    variant: Variant,
    one: Live,
    { answer }: { readonly answer: string },
    write: string,
    bumped: ReadonlySet<string> | 'all',
    conditions: Conditions | undefined,
  ): void {
    const own = figures.get(variant.name)!
    const carried = one.kept.get(variant.name)!.tags
    const others = othersOf(variant, bumped)
    const stopped = stops(variant, one.kept.get(variant.name)!, bumped, conditions, others)
    own.pairs++
    if (answer !== one.answer) {
      own.changed++
      if (!stopped) findings.push(findingOf(variant, one, answer, write, bumped))
      return
    }
    if (bumped !== 'all' && bumped.size <= 1) return
    const kind = own.byKind.get(one.read.kind) ?? { unchanged: 0, leftAlone: 0 }
    own.byKind.set(one.read.kind, kind)
    own.unchanged++
    kind.unchanged++
    if (!stopped) {
      own.leftAlone++
      kind.leftAlone++
    }
    if (!stopped && meets(carried, bumped)) own.outlived++
    if (!meetsTables(carried, bumped)) own.leftAloneByTables++
  }

  function isStopped(variant: Variant, one: Live, statements: readonly Sent[]): boolean {
    const bumped = variant.writeTags(statements)
    const others = othersOf(variant, bumped)
    return stops(variant, one.kept.get(variant.name)!, bumped, variant.conditionsOf(statements), others)
  }

  function settle(
    one: Live,
    { answer, sent: again }: Pick<Live, 'answer' | 'sent'>,
    statements: readonly Sent[],
    stopped: readonly Variant[],
  ): void {
    if (answer !== one.answer) changed.push({ read: one.sent, write: statements })
    for (const variant of stopped) one.kept.set(variant.name, keep(variant, one.key, again))
    one.answer = answer
    one.sent = again
  }
}

function findingOf(
  variant: Variant,
  one: Live,
  after: string,
  write: string,
  bumped: ReadonlySet<string> | 'all',
): Finding {
  return {
    variant: variant.name,
    read: one.read.text,
    statements: one.sent.map(({ sql }) => sql),
    write,
    before: one.answer,
    after,
    carried: [...one.kept.get(variant.name)!.tags],
    bumped: bumped === 'all' ? ['all'] : [...bumped],
  }
}

const newFigures = (): Figures => ({
  pairs: 0,
  changed: 0,
  unchanged: 0,
  leftAlone: 0,
  outlived: 0,
  leftAloneByTables: 0,
  byKind: new Map(),
})

export function meets(carried: ReadonlySet<string>, bumped: ReadonlySet<string> | 'all'): boolean {
  if (bumped === 'all') return true
  for (const tag of carried) if (bumped.has(tag)) return true
  return false
}

/** Every write bumps the clock of its table, and every read carries its table. */
function meetsTables(carried: ReadonlySet<string>, bumped: ReadonlySet<string> | 'all'): boolean {
  if (bumped === 'all') return true
  for (const tag of bumped)
    if (tag.endsWith('~') && (carried.has(tag.slice(0, -1)) || carried.has(tag))) return true
  return false
}
