import { expect, test } from 'vitest'
import { barOf, folded, sorted, type Clock } from './clockbar'

const at = (day: number) => `2026-12-${String(day).padStart(2, '0')}T00:00:00+08:00`
const clock = (rest: object): Clock => ({ started_at: at(1), due_at: at(11), pauses: [], steps: [], explain: [], state: 'running', superseded: false, ...rest }) as unknown as Clock

test('half the time is half the bar', () => {
  expect(barOf(clock({}), new Date(at(6)))).toEqual({ used: [{ from: 0, to: 0.5 }], paused: [], ticks: [], due: 1 })
})

test('a pause is not used time, and one that goes on ends now', () => {
  const bar = barOf(clock({ pauses: [{ from: at(3), to: at(5) }, { from: at(7) }] }), new Date(at(9)))
  expect(bar.used).toEqual([{ from: 0, to: 0.2 }, { from: 0.4, to: 0.6 }])
  expect(bar.paused).toEqual([{ from: 0.2, to: 0.4 }, { from: 0.6, to: 0.8 }])
})

test('past its date the bar goes on to now and shows where the date was', () => {
  expect(barOf(clock({}), new Date(at(21))).due).toBe(0.5)
})

test('what is met stops where it was met', () => {
  expect(barOf(clock({ met_at: at(2), state: 'over' }), new Date(at(21))).used).toEqual([{ from: 0, to: 0.1 }])
})

test('warnings are ticks, what comes at the date or later is none', () => {
  const bar = barOf(clock({ steps: [{ at: at(9), to: 'handler' }, { at: at(11), to: 'head' }, { at: at(13), to: 'taskforce' }] }), new Date(at(6)))
  expect(bar.ticks.map((t) => t.at)).toEqual([0.8])
})

test('days off in a row are one line', () => {
  const lines = [
    { date: '2026-11-20', text: '起算日，当日不计入' }, { date: '2026-11-21', text: '星期六休息，不计入' },
    { date: '2026-11-22', text: '星期日休息，不计入' }, { date: '2026-11-23', text: '第1个工作日' },
  ]
  expect(folded(lines).map((l) => [l.date, l.until, l.counts])).toEqual([
    ['2026-11-20', undefined, false], ['2026-11-21', '2026-11-22', false], ['2026-11-23', undefined, true],
  ])
})

test('the nearest date comes first, what is over is apart', () => {
  const { open, over } = sorted([clock({ due_at: at(20) }), clock({ state: 'over' }), clock({ due_at: at(12) }), clock({ superseded: true })])
  expect(open.map((c) => c.due_at)).toEqual([at(12), at(20)])
  expect(over).toHaveLength(2)
})
