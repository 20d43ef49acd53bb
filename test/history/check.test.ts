import { describe, expect, test } from 'vitest'
import { check, type Property } from './check.js'
import type { History, Loss, Read, Write } from './history.js'
import { notThisRow } from './history.js'

const leaseMs = 1000
const limits = { leaseMs, holdMs: 500, slackMs: 100 }

const write = (changes: Partial<Write> = {}): Write => ({
  process: 'writer',
  row: 1,
  begin: 100,
  version: 2,
  committed: 110,
  end: 'acknowledged',
  ended: 120,
  unmarked: false,
  undelivered: false,
  ...changes,
})

const { version: _, committed: __, ...neverSent } = write()
/** A write of version 2 whose commit nobody was told of. */
const untold = (end: Write['end'], changes: Partial<Write> = {}): Write => ({
  ...neverSent,
  version: 2,
  end,
  ...changes,
})

const read = (start: number, version: number, changes: Partial<Read> = {}): Read => ({
  process: 'reader',
  row: 1,
  start,
  end: start + 1,
  version,
  ...changes,
})

const loss = (from: number, to: number, changes: Partial<Loss> = {}): Loss => ({
  what: 'flush',
  from,
  to,
  ...changes,
})

function broken(parts: Partial<History>): readonly Property[] {
  const history = {
    limits,
    freshness: { mode: 'strong' } as const,
    initial: new Map([[1, 1]]),
    final: new Map([[1, 2]]),
    reads: [],
    writes: [],
    losses: [],
    ...parts,
  }
  return [...new Set(check(history).violations.map(({ property }) => property))]
}

test('a history in which every read gets what is newest breaks nothing', () => {
  const reads = [read(50, 1), read(105, 1), read(111, 2), read(130, 2), read(5000, 2)]
  expect(broken({ writes: [write()], reads })).toEqual([])
})

describe('acknowledged', () => {
  test('a read that begins after an acknowledgement and gets what was before breaks it, whatever was lost', () => {
    const losses = [loss(0, 10_000)]
    // Converging is broken as well: an acknowledged write is settled.
    expect(broken({ writes: [write()], reads: [read(121, 1)], losses })).toContain('acknowledged')
    const next = write({ version: 3, begin: 200, committed: 210, ended: 220 })
    expect(
      broken({ writes: [write(), next], reads: [read(150, 1)], losses, final: new Map([[1, 3]]) }),
    ).toEqual(['acknowledged'])
  })

  test('a read that began before, or at the same moment, may get either', () => {
    const losses = [loss(0, 10_000)]
    expect(broken({ writes: [write()], reads: [read(119, 1, { end: 9000 }), read(120, 1)], losses })).toEqual(
      [],
    )
  })

  test('what the round began with counts as acknowledged', () => {
    expect(broken({ initial: new Map([[1, 2]]), reads: [read(1, 1)] })).toContain('acknowledged')
  })
})

describe('committed', () => {
  test('a read that begins between commit and acknowledgement and gets what was before breaks it', () => {
    expect(broken({ writes: [write()], reads: [read(111, 1)] })).toEqual(['committed'])
  })

  const excuses: Record<string, Partial<History>> = {
    'the store did not take the mark': { writes: [write({ unmarked: true })] },
    'the store lost its memory meanwhile': { writes: [write()], losses: [loss(105, 106)] },
    'the generation of the row was deleted meanwhile': {
      writes: [write()],
      losses: [loss(105, 106, { row: 1 })],
    },
    'the process was stopped meanwhile': {
      writes: [write()],
      losses: [loss(105, 106, { process: 'writer' })],
    },
    'the write took longer than its lease': { writes: [write({ begin: 120 - leaseMs - 1 })] },
  }
  test.each(Object.entries(excuses))('it says nothing where %s', (_name, parts) => {
    expect(broken({ ...parts, reads: [read(111, 1)] })).toEqual([])
  })

  const others: Record<string, Loss> = {
    'before the mark': loss(0, 99),
    'after the acknowledgement': loss(121, 130),
    'of another row': loss(105, 106, { row: 2 }),
    'of another process': loss(105, 106, { process: 'other' }),
  }
  test.each(Object.entries(others))('a loss %s is no excuse', (_name, other) => {
    expect(broken({ writes: [write()], reads: [read(111, 1)], losses: [other] })).toEqual(['committed'])
  })
})

describe('monotonic', () => {
  test('a read that gets what is older than what another has got already breaks it', () => {
    const late = write({ committed: 115 })
    expect(broken({ writes: [late], reads: [read(105, 2), read(107, 1)] })).toEqual(['monotonic'])
  })

  test('reads that overlap may get either', () => {
    const late = write({ committed: 115 })
    expect(broken({ writes: [late], reads: [read(105, 2, { end: 108 }), read(107, 1)] })).toEqual([])
  })

  test('it says nothing where the mark was lost meanwhile', () => {
    const late = write({ committed: 115 })
    const losses = [loss(101, 102)]
    expect(broken({ writes: [late], reads: [read(105, 2), read(107, 1)], losses })).toEqual([])
  })
})

describe('converging', () => {
  test('a read that gets what is old when the lease of a writer that died has run out breaks it', () => {
    const writes = [untold('died')]
    expect(broken({ writes, reads: [read(120 + leaseMs + 101, 1)] })).toEqual(['converging'])
    expect(broken({ writes, reads: [read(120 + leaseMs + 99, 1)] })).toEqual([])
  })

  test('a read that gets what is old when the hold of an unknown outcome is over breaks it', () => {
    const writes = [untold('unknown')]
    expect(broken({ writes, reads: [read(120 + 500 + leaseMs + 101, 1)] })).toEqual(['converging'])
    expect(broken({ writes, reads: [read(120 + 500 + leaseMs + 99, 1)] })).toEqual([])
  })

  test('a writer that died while its mark was lost leaves the row unsettled, and a later write settles it', () => {
    const died = untold('died')
    const losses = [loss(105, 106)]
    expect(broken({ writes: [died], reads: [read(9000, 1)], losses })).toEqual([])
    const later = write({ version: 3, begin: 3000, committed: 3010, ended: 3020 })
    expect(
      broken({ writes: [died, later], reads: [read(9000, 1)], losses, final: new Map([[1, 3]]) }),
    ).toContain('converging')
  })

  test('a write that was refused settles nothing and unsettles nothing', () => {
    const refused = untold('refused', { version: 3, begin: 200, ended: 220 })
    expect(broken({ writes: [write(), refused], reads: [read(300, 2)], losses: [loss(205, 206)] })).toEqual(
      [],
    )
  })
})

describe('row', () => {
  test('an answer that is none of the row breaks it', () => {
    expect(broken({ reads: [read(1, notThisRow)] })).toEqual(['row'])
  })
})

describe('where answers may be stale', () => {
  const bounded = { mode: 'bounded', staleMs: 200 } as const
  const eventual = { mode: 'eventual', staleMs: 200 } as const
  const lossOfAll = [loss(0, 10_000)]

  test.each([bounded, eventual])('$mode: a read may lag by the bound, and no longer', (freshness) => {
    const writes = [write(), write({ version: 3, begin: 9000, committed: 9001, ended: 9002 })]
    const parts = { freshness, writes, final: new Map([[1, 3]]) }
    expect(broken({ ...parts, reads: [read(319, 1)] })).toEqual([])
    expect(broken({ ...parts, reads: [read(321, 1)] })).toEqual(['acknowledged'])
  })

  test.each([bounded, eventual])('$mode: not behind the writes of the own process', (freshness) => {
    const parts = { freshness, writes: [write()], losses: lossOfAll }
    expect(broken({ ...parts, reads: [read(121, 1, { process: 'writer' })] })).toEqual(['own'])
    expect(broken({ ...parts, reads: [read(119, 1, { process: 'writer' })] })).toEqual([])
  })

  test.each([bounded, eventual])('$mode: commits and other reads are no measure', (freshness) => {
    const reads = [read(111, 1), read(112, 2), read(114, 1)]
    expect(broken({ freshness, writes: [write()], reads })).toEqual([])
  })

  test('bounded converges although a writer has died; eventual has no marks and does not promise it', () => {
    const parts = { writes: [untold('died')], reads: [read(120 + leaseMs + 100 + 201, 1)] }
    expect(broken({ freshness: bounded, ...parts })).toEqual(['converging'])
    expect(broken({ freshness: eventual, ...parts })).toEqual([])
  })
})
