import { expect, test } from 'vitest'
import { verdict } from './recount'

test('a month is equal only where what was kept is there and comes out again', () => {
  const month = { month: '2026-09', intact: true, same: true, differs: [] }
  expect(verdict(month).good).toBe(true)
  expect(verdict({ ...month, intact: false }).good).toBe(false)
  const elsewhere = verdict({ ...month, same: false })
  const here = verdict({ ...month, same: false, differs: [{ unit: '交警支队', name: '收到', kept: '1', now: '2' }] })
  expect([elsewhere.good, here.good]).toEqual([false, false])
  expect(elsewhere.words).not.toBe(here.words) // what one may not see is not said to be equal
})
