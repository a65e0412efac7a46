import { expect, test } from 'vitest'
import type { Ticket } from './moves'
import { stepsOf } from './steps'

test('the newest step is first, with who made it and what the citizen reads apart from what is internal', () => {
  const events = [
    { seq: 1, move: 'open', from: '', to: 'received', actor: '', unit: 'x', public: '已登记。', note: '类别“治安”', at: '1' },
    { seq: 2, move: 'waive', from: 'handling', to: 'handling', actor: '', unit: 'x', at: '2' },
    { seq: 3, move: 'return', from: 'handling', to: 'accepted', actor: 'anna', unit: 'patrol', reason: 'avoid', note: '另派', at: '3' },
  ]
  const steps = stepsOf({ events } as unknown as Ticket, { person: (id) => `民警${id}`, unit: (id) => `单位${id}`, reason: (m, c) => `${m}:${c}` })
  expect(steps.map((s) => [s.who, s.unit, s.reason, s.read, s.note, s.into])).toEqual([
    ['民警anna', '单位patrol', 'return:avoid', '', '另派', 'accepted'], ['系统', '', '', '', '', ''], ['来信人', '', '', '已登记。', '类别“治安”', 'received'],
  ])
})
