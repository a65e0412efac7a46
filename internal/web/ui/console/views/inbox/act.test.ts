import { expect, test } from 'vitest'
import { Problem } from '../../api/problem'
import { assignAll, quick, type Assigned, type Assignment } from './act'
import { assigning, type Ticket } from './ticket'

const to = (number: string): Assignment => ({ ticket: { number, version: 1 } as Ticket, how: 'dispatch', unit: 'traffic' })

test('a refusal keeps no other ticket back, and says whether somebody was faster', async () => {
  const done: Assigned[] = []
  await assignAll(['a', 'b', 'c'].map(to), async (a) => {
    if (a.ticket.number === 'a') throw new Problem(409, 'ticket.stale', '刚刚有了变化')
    if (a.ticket.number === 'b') throw new Problem(422, 'ticket.avoid', '该单位要回避')
  }, (r) => done.push(r))
  expect(done.sort((x, y) => x.number.localeCompare(y.number))).toEqual([
    { number: 'a', refusal: '刚刚有了变化', stale: true },
    { number: 'b', refusal: '该单位要回避', stale: false },
    { number: 'c' },
  ])
})

test('a few are sent at a time, and each once', async () => {
  let now = 0
  let most = 0
  const sent: string[] = []
  await assignAll(Array.from({ length: 10 }, (_, i) => to(`t${i}`)), async (a) => {
    sent.push(a.ticket.number)
    most = Math.max(most, ++now)
    await Promise.resolve()
    now--
  }, () => {}, 3)
  expect(most).toBe(3)
  expect(new Set(sent).size).toBe(10)
  expect(sent).toHaveLength(10)
})

test('how a ticket is given away depends on where it stands and what one may do', () => {
  const all = () => true
  expect(assigning({ status: 'received' }, all)).toBe('dispatch')
  expect(assigning({ status: 'handling' }, all)).toBe('reassign')
  expect(assigning({ status: 'handling' }, (m) => m === 'dispatch')).toBeUndefined()
  expect(assigning({ status: 'closed' }, all)).toBeUndefined()
})

test('from a list only what needs no words is done', () => {
  expect(quick(['return', 'sign', 'note'])).toEqual(['sign'])
})
