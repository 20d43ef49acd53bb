import { describe, expect, it } from 'vitest'
import { planWrite } from '../../src/index.js'
import { understood, widened } from './plan-cases.js'
import { renderPlan } from './render-plan.js'

describe('the plan of a write', () => {
  it.each(understood)('tells rows and columns (%s): %s', (dialect, sql, plan) => {
    expect(renderPlan(planWrite(sql, dialect))).toBe(plan)
  })

  it.each(widened)('takes no part of a text for the whole (%s): %s', (dialect, sql, plan) => {
    expect(renderPlan(planWrite(sql, dialect))).toBe(plan)
  })
})
