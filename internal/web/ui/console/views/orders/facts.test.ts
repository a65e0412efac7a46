import { expect, test } from 'vitest'
import { facts, late } from './facts'

const name = (list: string, code: string) => `${list}:${code}`

test('only what is said to the platform is shown', () => {
  const said = facts({ return: { reason_code: 'wrong_area', reason: '不在辖区', basis: '' }, files: [{ id: 'f', kind: 'doc', name: '地图.pdf', sha256: '', size: 1, type: '' }] }, name, String)
  expect(said).toEqual([
    { name: '原因', value: 'return_reasons:wrong_area' },
    { name: '说明', value: '不在辖区' },
    { name: '附件', value: '地图.pdf' },
  ])
})

test('of a result it is said that nobody has judged it, and that nobody was spoken to', () => {
  const said = facts({ complete: { result: 'solved', content: '已修好', duty_exceeded: false } }, name, String)
  expect(said).toContainEqual({ name: '诉求属实', value: '没有填写' })
  expect(said).toContainEqual({ name: '联系诉求人', value: '没有联系' })
})

test('an order is late while the platform waits for us', () => {
  const now = new Date('2026-11-30T12:00:00Z')
  expect(late({ state: 'handling', reply_by: '2026-11-30T11:00:00Z' }, now)).toBe(true)
  expect(late({ state: 'review', reply_by: '2026-11-30T11:00:00Z' }, now)).toBe(false)
  expect(late({ state: 'handling' }, now)).toBe(false)
})
