import { describe, expect, it } from 'vitest'
import { applyRead, planRead, prepareRead } from '../../src/index.js'
import {
  renderCompared,
  renderCut,
  renderEqual,
  renderReads,
  renderShown,
  renderWhole,
} from './render-reads.js'
import {
  comparedReads,
  cutReads,
  equalReads,
  shownReads,
  understoodReads,
  wholeReads,
  widenedReads,
} from './read-cases.js'
import { posts } from './tables.js'

describe('the plan of a read', () => {
  it.each(understoodReads)('tells which rows can matter (%s): %s', (dialect, sql, reads) => {
    expect(renderReads(planRead(sql, dialect), dialect, applyRead)).toBe(reads)
  })

  it.each(widenedReads)('takes no part of a text for the whole (%s): %s', (dialect, sql, reads) => {
    expect(renderReads(planRead(sql, dialect), dialect, applyRead)).toBe(reads)
  })
})

describe('the rows of an answer', () => {
  it.each(shownReads)('show the rows of a table (%s): %s', (dialect, sql, shown) => {
    expect(renderShown(planRead(sql, dialect), dialect, prepareRead)).toBe(shown)
  })
})

describe('the rows that are given', () => {
  it.each(wholeReads)('are all that there are (%s): %s', (dialect, sql, whole) => {
    expect(renderWhole(planRead(sql, dialect), dialect, prepareRead)).toBe(whole)
  })

  it.each(cutReads)('are cut off (%s): %s', (dialect, sql, cut) => {
    expect(renderCut(planRead(sql, dialect), dialect, prepareRead)).toBe(cut)
  })

  it.each(comparedReads)('are held against values (%s): %s', (dialect, sql, compared) => {
    expect(renderCompared(planRead(sql, dialect), dialect, prepareRead)).toBe(compared)
  })

  it.each(equalReads)('have in a column (%s): %s', (dialect, sql, equal, column) => {
    expect(renderEqual(planRead(sql, dialect), dialect, column, prepareRead)).toBe(equal)
  })
})

describe('a query', () => {
  const sql = 'SELECT post.id FROM post WHERE post."authorId" = $1'

  it('reads any row of a table that is not known', () => {
    const [read] = applyRead(planRead(sql, 'postgresql'), [1], () => undefined)!
    expect(read!.pinned(['authorId'])).toBeUndefined()
    expect(read!.decidedBy).toBeUndefined()
  })

  it('reads any row if its values are not known, or may be SQL', () => {
    const [read] = applyRead(planRead(sql, 'postgresql'), undefined, () => posts('postgresql'))!
    expect(read!.pinned(['authorId'])).toBeUndefined()
    const mysql = planRead('SELECT post.id FROM post WHERE post.authorId = ?', 'mysql')
    expect(applyRead(mysql, [{ id: 1 }], () => posts('mysql'))).toBeUndefined()
  })
})
