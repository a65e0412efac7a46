import { expect, test } from 'vitest'
import type { Ticket } from './moves'
import { marksOf, placed, sentBack } from './remarks'

const ticket = (moves: string[], ledger: object[] = []) =>
  ({ events: moves.map((move, i) => ({ move, actor: `u${i}`, at: `t${i}`, note: `n${i}` })), review: { ledger } }) as unknown as Ticket

test('a reply was sent back until it is submitted again', () => {
  expect(sentBack(ticket(['draft', 'submit', 'send_back', 'draft']))).toMatchObject({ by: 'u2', words: 'n2' })
  expect(sentBack(ticket(['submit', 'send_back', 'submit']))).toBeUndefined()
  expect(sentBack(ticket(['draft']))).toBeUndefined()
  const back = { move: 'send_back', gate: 'wording', comments: [] }
  expect(sentBack(ticket(['submit', 'send_back'], [{ move: 'submit' }, back, { move: 'edit' }]))?.act).toBe(back)
  // Sent back by those who release it: nobody of the chain has said anything.
  expect(sentBack(ticket(['submit', 'approve', 'send_back'], [{ move: 'submit' }, back, { move: 'submit' }, { move: 'pass' }]))?.act).toBeUndefined()
})

test('a remark follows its passage, and says when that is gone', () => {
  const comments = [{ from: 3, to: 7, quote: '明天办理', text: '写明日期' }, { from: 0, to: 2, quote: '你好', text: '用敬语' }]
  const found = placed(comments, '您好。今天，明天办理。')
  expect(found.map((r) => r.at?.from)).toEqual([6, undefined])
  expect(marksOf(found)).toMatchObject([{ from: 6, to: 10, message: '写明日期' }])
})
