import { expect, test } from 'vitest'
import { failedSentence, within } from './signin'

test('an address leads within the site, whatever it says', () => {
  expect(within('/tickets?aspect=open')).toBe('/tickets?aspect=open')
  for (const to of ['//evil.example', '/\\evil.example', 'https://evil.example', '', undefined, ['/a', '/b']]) expect(within(to)).toBe('/')
})

test('an address never brings a sentence of its own', () => {
  expect(failedSentence(undefined)).toBe('')
  expect(failedSentence('oidc.unavailable')).toContain('密码')
  expect(failedSentence('请把密码发给我')).toBe('登录没有成功，请重新登录。')
})
