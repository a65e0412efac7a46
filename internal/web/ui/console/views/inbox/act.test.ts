import { expect, test } from 'vitest'
import { bodyOf, outcomes, quick, unmoved, type Assignment } from './act'
import { assigning, type Ticket } from './ticket'

const to = (number: string, how: Assignment['how'], unit: string): Assignment => ({ ticket: { number, version: 3 } as Ticket, how, unit })

test('all are asked for at once, each with the version that was seen and where it goes', () => {
  const plan = [to('a', 'dispatch', 'traffic'), to('b', 'reassign', 'patrol')]
  expect(bodyOf(plan, '请尽快', 'avoid')).toEqual({
    tickets: [{ number: 'a', version: 3, move: 'dispatch', unit: 'traffic' }, { number: 'b', version: 3, move: 'reassign', unit: 'patrol' }], note: '请尽快', reason: 'avoid',
  })
  expect(bodyOf(plan.slice(0, 1), '', 'avoid')).not.toHaveProperty('reason')
})

test('what became of each is said, and who was faster', () => {
  const now = { number: 'b', status: 'dispatched', lead: 'patrol' } as Ticket
  expect(outcomes([
    { number: 'a', dispatched: true }, { number: 'b', dispatched: false, code: 'ticket.stale', detail: '刚刚有了变化', now }, { number: 'c', dispatched: false, code: 'ticket.avoid', detail: '该单位要回避' },
  ])).toEqual([{ number: 'a' }, { number: 'b', refusal: '刚刚有了变化', now }, { number: 'c', refusal: '该单位要回避' }])
})

test('what was only noted on is asked for again, what somebody moved is not', () => {
  const seen = (number: string) => ({ number, version: 1, status: 'received', lead: 'mailbox' }) as Ticket
  const plan = ['a', 'b', 'c'].map((n): Assignment => ({ ticket: seen(n), how: 'dispatch', unit: 'traffic' }))
  const again = unmoved(plan, [
    { number: 'a', refusal: '刚刚有了变化', now: { ...seen('a'), version: 2 } }, { number: 'b', refusal: '刚刚有了变化', now: { ...seen('b'), version: 2, status: 'dispatched' } }, { number: 'c', refusal: '该单位要回避' },
  ])
  expect(again.map((a) => [a.ticket.number, a.ticket.version])).toEqual([['a', 2]])
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
