import { expect, test } from 'vitest'
import { compared, sentences } from './conflict'

test('sentences joined are the text again', () => {
  const text = '您好。\n已办理；请查收！谢谢'
  expect(sentences(text).join('')).toBe(text)
})

test('what only one of them has is marked on that side', () => {
  const { a, b } = compared('您好。已经办理。谢谢。', '您好。正在办理。请等候。谢谢。')
  expect(a.filter((s) => !s.same).map((s) => s.text)).toEqual(['已经办理。'])
  expect(b.filter((s) => !s.same).map((s) => s.text)).toEqual(['正在办理。', '请等候。'])
  expect(b.map((s) => s.text).join('')).toBe('您好。正在办理。请等候。谢谢。')
})
