import { expect, test } from 'vitest'
import { isAspect, sum, type Watch } from './watch'

const unit = (change: Partial<Watch>): Watch => ({ unit: 'u', open: 0, due_today: 0, overdue: 0, urged: 0, supervised: 0, silent: 0, returned: 0, yellow: 0, red: 0, ...change })

test('all units together: figures add up, and the earliest date stands', () => {
  const all = sum([unit({ open: 3, overdue: 1, oldest_due_at: '2026-11-20T00:00:00+08:00' }), unit({ open: 4, oldest_due_at: '2026-11-02T00:00:00+08:00' }), unit({ red: 2 })])
  expect(all).toMatchObject({ open: 7, overdue: 1, red: 2, silent: 0, oldest_due_at: '2026-11-02T00:00:00+08:00' })
  expect(sum([]).oldest_due_at).toBeUndefined()
})

test('only aspects there are can be asked for in the address', () => {
  expect(isAspect('overdue')).toBe(true)
  expect([undefined, '', 'constructor', 'unit'].some(isAspect)).toBe(false)
})
