import { expect, test } from 'vitest'
import { blank, formOf, inputOf, missing, offered, writes, type Ticket } from './moves'

const anna = { id: 'anna', heads: false }

function body(moves: string[], ticket: object = {}, rest: object = {}): Ticket {
  const t = { number: '261130-0001-0001', version: 7, co: [], restricted: false, due_at: '2999-01-01T00:00:00+08:00', ...ticket }
  const forms = moves.map((move) => ({ move, fields: fields[move] ?? [] }))
  return { moves, forms, ticket: t, drafts: [], events: [], ...rest } as unknown as Ticket
}

const note = { name: 'note', required: false }
const fields: Record<string, object[]> = {
  decline: [{ name: 'reason', required: true }, { name: 'text', required: true }, note],
  dispatch: [{ name: 'unit', required: true }, { name: 'co', required: false }, note],
  approve: [{ name: 'gates', required: true }, note],
  send_back: [{ name: 'gate', required: true }, { name: 'comments', required: false }, note],
  sign: [note],
}

test('what leads on comes first, and the editor has its own moves', () => {
  expect(offered(body(['note', 'draft', 'extend', 'sign', 'submit']), anna)).toEqual(['sign', 'extend', 'note'])
})

test('what the ticket makes useless is left out', () => {
  const all = ['grant', 'refuse', 'extend', 'take', 'put_back', 'feedback', 'circular', 'merge', 'withdraw', 'third_replied', 'resume']
  expect(offered(body(all, { restricted: true }), anna)).toEqual(['take', 'extend'])
  expect(offered(body(all, { holder: 'anna', third: 'hearing', extension: { by: 'anna' } }), anna)).toEqual(['resume', 'merge', 'put_back', 'withdraw'])
  expect(offered(body(all, { extension: { by: 'berta' }, feedback_due_at: '2026-12-01T00:00:00+08:00' }), anna)).toEqual(
    ['grant', 'feedback', 'take', 'merge', 'refuse', 'withdraw'])
})

test('what somebody else has taken nobody else works on; a head may give it back', () => {
  const taken = body(['draft', 'submit', 'return', 'extend', 'put_back'], { holder: 'berta' })
  expect(writes(taken, anna)).toBe(false)
  expect(offered(taken, anna)).toEqual([])
  expect(offered(taken, { id: 'anna', heads: true })).toEqual(['put_back'])
  expect(writes(body(['draft'], { holder: 'anna' }), anna)).toBe(true)
})

test('a reply is approved by whoever it waits for, and released when all have read it', () => {
  const moves = ['approve', 'send_back', 'release']
  expect(offered(body(moves, {}, { review: { state: 'in_review', waits: { mine: true } } }), anna)).toEqual(['approve', 'send_back'])
  expect(offered(body(moves, {}, { review: { state: 'in_review', waits: { mine: false } } }), anna)).toEqual([])
  expect(offered(body(moves, {}, { review: { state: 'approved' } }), anna)).toEqual(['release', 'send_back'])
})

test('every need is named until it is met', () => {
  const form = formOf('decline', body(['decline']))
  expect(missing(form, blank(), [])).toEqual(['reason', 'text'])
  expect(missing(form, { ...blank(), reason: 'unclear', text: ' ' }, [])).toEqual(['text'])
  const approve = formOf('approve', body(['approve'], {}, { review: { state: 'in_review' } }))
  expect(missing(approve, { ...blank(), gates: ['legal'] }, ['legal', 'wording'])).toEqual(['gates'])
  expect(missing(approve, { ...blank(), gates: ['legal', 'wording'] }, ['legal', 'wording'])).toEqual([])
})

test('only what the form has is sent, with the version that was seen', () => {
  const filled = { ...blank(), unit: 'traffic', co: ['cyber'], reason: 'avoid', note: ' 请快办 ', text: 'not asked' }
  expect(inputOf('dispatch', formOf('dispatch', body(['dispatch'])), filled, 7)).toEqual({ move: 'dispatch', version: 7, unit: 'traffic', co: ['cyber'], note: '请快办' })
})

test('a reply is sent back at a gate for a reason of it; an approved one by words alone', () => {
  const filled = { ...blank(), gate: 'legal/no_basis', note: '缺依据' }
  const reading = body(['send_back'], {}, { review: { state: 'in_review' } })
  expect(inputOf('send_back', formOf('send_back', reading), filled, 1)).toEqual({ move: 'send_back', version: 1, gate: 'legal', reason: 'no_basis', note: '缺依据' })
  const approved = body(['send_back'], {}, { review: { state: 'approved' } })
  expect(inputOf('send_back', formOf('send_back', approved), filled, 1)).toEqual({ move: 'send_back', version: 1, note: '缺依据' })
})

test('what may not be done again is not offered', () => {
  const used = body(['return', 'extend'])
  used.forms = used.forms.map((f) => ({ ...f, left: f.move === 'return' ? 0 : 1 }))
  expect(offered(used, anna)).toEqual(['extend'])
})

test('a press is enough to sign', () => {
  expect(formOf('sign', body(['sign'])).fields).toEqual([])
})
