import { expect, test } from 'vitest'
import { instant, isDay, local, monday, plusDays } from './local'

test('what is written into a field is a time in Beijing, wherever the browser is', () => {
  expect(instant('2026-11-30T08:00')).toBe('2026-11-30T08:00:00+08:00')
  expect(instant('2026-11-30')).toBe('2026-11-30T00:00:00+08:00')
  expect(local('2026-11-29T16:05:00Z')).toBe('2026-11-30T00:05')
})

test('days are counted over months and leap years, weeks begin on Mondays', () => {
  expect(plusDays('2028-02-28', 2)).toBe('2028-03-01')
  expect(plusDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(['2026-11-30', '2026-12-06', '2026-12-07'].map(monday)).toEqual(['2026-11-30', '2026-11-30', '2026-12-07'])
})

test('only days there are come out of an address', () => {
  expect(isDay('2026-11-30')).toBe(true)
  for (const wrong of ['2026-02-30', '2026-2-3', '2026-13-01', '', undefined, '2026-11-30T08:00']) expect(isDay(wrong)).toBe(false)
})
