import { expect, test } from 'vitest'
import { hoursOn, week } from './roster'

test('a shift over midnight stands on both days with its hours', () => {
  const [from, to] = ['2026-11-30T12:00:00Z', '2026-12-01T00:00:00Z'] // 20:00 to 08:00 in Beijing
  expect(hoursOn('2026-11-30', from, to)).toBe('20:00–24:00')
  expect(hoursOn('2026-12-01', from, to)).toBe('00:00–08:00')
  expect(hoursOn('2026-12-02', from, to)).toBe('')
  expect(hoursOn('2026-12-02', from)).toBe('全天') // until it is ended
})

test('a week shows who is on duty for each unit and post, and when nobody is', () => {
  const rows = week(
    [
      { id: 'a', unit: 'north', user: 'anna', from: '2026-11-30T00:00:00+08:00', to: '2026-12-01T00:00:00+08:00' },
      { id: 'b', post: 'leader', user: 'bao', from: '2026-12-06T08:00:00+08:00', to: '2026-12-06T20:00:00+08:00' },
    ],
    [{ target: 'north', from: '2026-12-01T00:00:00+08:00', to: '2026-12-01T12:00:00+08:00' }],
    '2026-11-30',
  )
  expect(rows.map((r) => r.target)).toEqual(['north', 'post:leader'])
  expect(rows[0]!.cells[0]!.shifts.map((s) => [s.term.user, s.hours])).toEqual([['anna', '全天']])
  expect(rows[0]!.cells[1]).toMatchObject({ day: '2026-12-01', shifts: [], gaps: ['00:00–12:00'] })
  expect(rows[1]!.cells[6]!.shifts[0]!.hours).toBe('08:00–20:00')
})
