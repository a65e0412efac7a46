import { expect, test } from 'vitest'
import { heat, mondays } from './heat'

const now = new Date('2026-11-30T00:30:00+08:00') // a Monday in Beijing, still Sunday elsewhere

test('weeks begin on Mondays in Beijing', () => {
  expect(mondays(now, 3)).toEqual(['2026-11-16', '2026-11-23', '2026-11-30'])
  expect(mondays(new Date('2026-11-29T23:59:00+08:00'), 1)).toEqual(['2026-11-23'])
})

test('signals count in the week and district they were raised in, the busiest first', () => {
  const at = (district: string, raised_at: string, restricted = false) => ({ district, raised_at, restricted })
  const rows = heat(
    [
      at('north', '2026-11-23T09:00:00+08:00'),
      at('south', '2026-11-29T23:00:00+08:00'),
      at('south', '2026-11-30T00:10:00+08:00'),
      at('south', '2026-11-24T00:10:00+08:00', true), // by a report
      at('north', '2026-10-01T09:00:00+08:00'), // long ago
    ],
    mondays(now, 2),
  )
  expect(rows).toEqual([
    { district: 'south', weeks: [1, 1], sum: 2 },
    { district: 'north', weeks: [1, 0], sum: 1 },
  ])
})
