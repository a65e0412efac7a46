import { expect, test } from 'vitest'
import { Problem } from '../../api/problem'
import { asked, blank, body, faultOf } from './call'

test('only what was filled in is sent', () => {
  expect(body({ ...blank(), line: '12345', outcome: 'silent' })).toEqual({ line: '12345', outcome: 'silent' })
  expect(body({ ...blank(), line: '12345', outcome: 'ticket', kind: 'help', text: ' 路灯坏了 ', phone: '13800138000', bySMS: true, about: ' 某所 ', entry: 'x', fields: { plate: '', road: '人民路' } })).toEqual({
    line: '12345', outcome: 'ticket', kind: 'help', text: '路灯坏了', contact: { name: '', phone: '13800138000', by_sms: true }, about: ['某所'], fields: { road: '人民路' },
  })
})

test('an answer names its entry', () => {
  expect(body({ ...blank(), line: '1', outcome: 'answered', entry: 'id-card-lost' }).entry).toBe('id-card-lost')
})

test('who was wrong or silent asked for nothing', () => {
  expect(asked('wrong_number')).toBe(false)
  expect(asked('')).toBe(false)
  expect(asked('referred')).toBe(true)
})

test('a fault is shown at its field', () => {
  const err = new Problem(422, 'call.invalid', '有几处需要修改。', [{ pointer: '/line', message: '请选择号码。' }])
  expect(faultOf(err, '/line')).toBe('请选择号码。')
  expect(faultOf(err, '/text')).toBeUndefined()
  expect(faultOf(null, '/line')).toBeUndefined()
})
