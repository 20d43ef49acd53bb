import type { PreciseRead } from '../../src/precision/read-precision.js'
import type { Conditions } from '../../../core/src/conditions.js'
import { Chance } from '../../../../test/copies/chance.js'
import { callOf, type RandomRead, ReadMaker, send } from './random-read.js'
import { print, WriteMaker } from './random-write.js'
import { seedRows } from './seed-rows.js'
import type { Sent } from './watched-adapter.js'
import { createVariant, createWorld, type Variant } from './world.js'

/** A read whose answer a write changed without one of its tags falling. */
interface Finding {
  readonly variant: string
  readonly read: string
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
  readonly byOperation: Map<string, { unchanged: number; leftAlone: number }>
}

/** A read and a write that changed its answer. */
export interface ChangedPair {
  readonly model: string
  readonly operation: string
  readonly args: unknown
  readonly dataPath: readonly string[]
  /** Before the write. */
  readonly result: unknown
  readonly sent: readonly Sent[]
}

interface Live {
  readonly key: string
  readonly read: RandomRead
  readonly text: string
  readonly dataPath: readonly string[]
  result: string
  value: unknown
  readonly tags: Map<string, ReadonlySet<string>>
}

/**
 * Writes at random, and looks after each write at many reads: whichever answers otherwise now must carry a tag that the
 * write bumped.
 */
export async function hunt(
  url: string,
  given: { readonly seed: number; readonly pairs: number; readonly reads: number },
) {
  const chance = new Chance(given.seed)
  const { prisma, columns, sent } = await createWorld(url)
  const variants = [
    createVariant('enforced', columns, { isEnforced: true }),
    createVariant('plain', columns, { isEnforced: false }),
    createVariant('mixed', columns, {
      isEnforced: true,
      models: { Person: { precision: 'table' }, Post: { watch: ['title'], volatile: ['published'] } },
    }),
  ]
  const reads = new ReadMaker(chance, prisma)
  const writes = new WriteMaker(chance, reads)
  const findings: Finding[] = []
  const changed: ChangedPair[] = []
  const figures = new Map(variants.map(({ name }) => [name, newFigures()] as const))
  const refused = { reads: 0, writes: 0 }
  let live: Live[] = []
  let made = 0
  try {
    await seedRows(prisma)
    for (let pairs = 0; pairs < given.pairs && findings.length < 5;) {
      while (live.length < given.reads) {
        const one = await begin(reads.read())
        if (one !== undefined) live.push(one)
      }
      sent.length = 0
      const write = await writes.write(prisma).catch(() => {
        refused.writes++
        return 'a write that was refused'
      })
      // Most that are refused have changed nothing before.
      if (!sent.some(changesRows)) continue
      const statements = sent.slice()
      const answers = await Promise.all(live.map(({ read }) => ask(read)))
      for (const variant of variants) {
        const bumped = variant.tagsOf(statements)
        const conditions = variant.conditionsOf(statements)
        for (const [at, one] of live.entries()) judge(variant, one, answers[at]!, write, bumped, conditions)
      }
      pairs += live.length
      // What was not stopped stays as it was stored.
      const renewed = variants.map((variant) => {
        const bumped = variant.tagsOf(statements)
        const conditions = variant.conditionsOf(statements)
        return live.map((one) => stops(variant, one, bumped, conditions, live))
      })
      for (const [at, one] of live.entries()) {
        const answer = answers[at]!
        if (answer.text !== one.result) changed.push(pairOf(one, statements))
        for (const [of, variant] of variants.entries())
          if (renewed[of]![at]!) one.tags.set(variant.name, tagsOf(variant, one, answer.value))
        one.result = answer.text
        one.value = answer.value
      }
      live = live.filter(() => !chance.isOneIn(12))
    }
  } finally {
    await prisma.disconnect()
  }
  return { findings, figures, refused, changed, columns }

  async function ask(read: RandomRead): Promise<{ value: unknown; text: string }> {
    try {
      const value = await send(prisma, read)
      return { value, text: canonical(value, innermost(read)) }
    } catch (error) {
      return { value: undefined, text: `error: ${String(error).slice(0, 3000)}` }
    }
  }

  async function begin(read: RandomRead): Promise<Live | undefined> {
    const { value, text: result } = await ask(read)
    if (result.startsWith('error')) {
      refused.reads++
      return undefined
    }
    const one: Live = {
      key: String(++made),
      read,
      text: describe(read),
      dataPath: callOf(read).dataPath,
      result,
      value,
      tags: new Map(),
    }
    for (const variant of variants) one.tags.set(variant.name, tagsOf(variant, one, value))
    return one
  }

  function judge(
    variant: Variant,
    one: Live,
    answer: { readonly text: string },
    write: string,
    bumped: ReadonlySet<string> | 'all',
    conditions: Conditions | undefined,
  ): void {
    const own = figures.get(variant.name)!
    const carried = one.tags.get(variant.name)!
    const stopped = stops(variant, one, bumped, conditions, live)
    own.pairs++
    if (answer.text !== one.result) {
      own.changed++
      if (!stopped)
        findings.push({
          variant: variant.name,
          read: one.text,
          write,
          before: one.result,
          after: answer.text,
          carried: [...carried],
          bumped: bumped === 'all' ? ['all'] : [...bumped],
        })
      return
    }
    if (bumped !== 'all' && bumped.size <= 1) return
    const kind = own.byOperation.get(one.read.operation) ?? { unchanged: 0, leftAlone: 0 }
    own.byOperation.set(one.read.operation, kind)
    own.unchanged++
    kind.unchanged++
    if (!stopped) {
      own.leftAlone++
      kind.leftAlone++
    }
    if (!stopped && meets(carried, bumped)) own.outlived++
    if (!meetsTables(carried, bumped)) own.leftAloneByTables++
  }
}

function pairOf({ read, dataPath, value }: Live, sent: readonly Sent[]): ChangedPair {
  const { args } = callOf(read)
  return { model: read.model.name, operation: read.operation, args, dataPath, result: value, sent }
}

/** A statement that failed has changed nothing, and one that gives rows may be a write. */
const changesRows = ({ sql, count }: Sent): boolean =>
  count !== undefined && count > 0 && !/^\s*SELECT/i.test(sql)

const newFigures = (): Figures => ({
  pairs: 0,
  changed: 0,
  unchanged: 0,
  leftAlone: 0,
  outlived: 0,
  leftAloneByTables: 0,
  byOperation: new Map(),
})

function readOf({ precision }: Variant, { read, dataPath, key }: Live): PreciseRead {
  const found = precision.read(read.model.name, read.operation, callOf(read).args, dataPath)
  found.keptAt('', key)
  found.prepare()
  return found
}

/** Whether one of the tags falls, and with it the answer. */
function stops(
  variant: Variant,
  one: Live,
  bumped: ReadonlySet<string> | 'all',
  conditions: Conditions | undefined,
  live: readonly Live[],
): boolean {
  if (bumped === 'all') return true
  const read = readOf(variant, one)
  // Those are served that carry none of the tags.
  const find = (key: string): unknown => {
    const other = live.find((candidate) => candidate.key === key)
    return other === undefined || meets(other.tags.get(variant.name)!, bumped) ? undefined : other.value
  }
  const others = { find, mayBeWritten: () => false }
  for (const tag of one.tags.get(variant.name)!) {
    if (!bumped.has(tag)) continue
    const some = conditions?.get(tag)
    if (some === undefined) return true
    for (const { condition, columns, tell } of some.changes) {
      const change = { condition, columns, told: tell?.(), tag, table: some.table }
      const isLeft =
        tell === undefined
          ? read.areExcluded(one.value, change, [])
          : read.isBesides!(one.value, change, others)
      if (!isLeft) return true
    }
  }
  return false
}

function tagsOf(variant: Variant, one: Live, value: unknown): ReadonlySet<string> {
  const found = readOf(variant, one)
  return new Set([...found.tags, ...(found.late?.of(value) ?? [])])
}

function meets(carried: ReadonlySet<string>, bumped: ReadonlySet<string> | 'all'): boolean {
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

const describe = (read: RandomRead): string =>
  `${read.model.name}.${read.operation} ${print(read.args)}${read.fluent.map(({ field, args }) => `.${field}(${print(args)})`).join('')}`

/** Of a fluent path the answer is of its last step. */
const innermost = ({ args, fluent }: RandomRead): unknown => fluent.at(-1)?.args ?? args

/** Without an order any order of the rows is right. */
function canonical(value: unknown, args: unknown): string {
  return print(ordered(value, args))
}

function ordered(value: unknown, args: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => ordered(item, args))
    const isOrdered = typeof args === 'object' && args !== null && 'orderBy' in args
    return isOrdered ? items : items.toSorted((a, b) => (print(a) < print(b) ? -1 : 1))
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  const nested = { ...selectedIn(args, 'select'), ...selectedIn(args, 'include') }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, ordered(item, nested[name])]))
}

function selectedIn(args: unknown, kind: 'select' | 'include'): Record<string, unknown> {
  const given =
    typeof args === 'object' && args !== null ? (args as Record<string, unknown>)[kind] : undefined
  return typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
}
