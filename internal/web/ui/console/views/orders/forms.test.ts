import { expect, test } from 'vitest'
import { resultBody, resultOf, returnBody, returnOf, saidBody } from './forms'

test('what is revised begins with what it says, files included', () => {
  const fields = returnOf({ kind: 'return', content: { return: { reason_code: 'wrong_area', reason: '不在辖区' }, files: [{ id: 'f', kind: 'doc', name: '地图.pdf', sha256: '', size: 1, type: '' }] } })
  expect(returnBody(fields)).toEqual({ reason_code: 'wrong_area', reason: '不在辖区', attachments: ['f'] })
})

test('a return needs a reason in words', () => {
  expect(returnBody({ ...returnOf(), reason_code: 'other', reason: ' ' })).toBeUndefined()
})

test('that nobody has judged a result, and that nobody was spoken to, stays so', () => {
  const body = resultBody(resultOf({ kind: 'complete', content: { complete: { result: 'solved', content: '已修好', duty_exceeded: false } } }))
  expect(body?.is_true).toBeUndefined()
  expect(body?.contacted_at).toBeUndefined()
})

test('a time is Beijing time both ways', () => {
  const fields = resultOf({ kind: 'complete', content: { complete: { result: 'solved', content: '已修好', duty_exceeded: false, is_true: false, contacted_at: '2026-11-30T08:05:00+08:00' } } })
  expect(fields.contacted).toBe('2026-11-30T08:05')
  expect(resultBody(fields)).toMatchObject({ is_true: false, contacted_at: '2026-11-30T08:05:00+08:00' })
})

test('of what a platform said only what belongs to the act is sent', () => {
  const ticked = { words: '请尽快', granted: true, reply_by: '2026-12-01T18:00', satisfaction: 2, solved: true }
  expect(saidBody({ ...ticked, act: 'urge' })).toEqual({ act: 'urge', words: '请尽快', reply_by: '2026-12-01T18:00:00+08:00' })
  expect(saidBody({ ...ticked, act: 'visit' })).toEqual({ act: 'visit', words: '请尽快', satisfaction: 2, solved: true })
  expect(saidBody({ ...ticked, act: '' })).toBeUndefined()
})
