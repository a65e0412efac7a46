import { expect, test } from 'vitest'
import { applied, carried, pieces, unitsOf, type Finding } from './findings'

const found = (from: number, to: number, rest: Partial<Finding> = {}): Finding => ({ code: 'c', excerpt: '', message: '', severity: 'warn', from, to, ...rest })

test('positions are characters, a text field counts otherwise', () => {
  expect(unitsOf('𠮷野家在此', 1)).toBe(2)
})

test('a finding moves with the text around what was changed', () => {
  const before = '您好，原则上可以办理。'
  expect(carried([found(3, 6)], before, '市民您好，原则上可以办理。')).toEqual([found(5, 8)])
  expect(carried([found(3, 6)], before, `${before}谢谢。`)).toEqual([found(3, 6)])
})

test('a finding in what was changed is gone until it is read again', () => {
  expect(carried([found(3, 6)], '您好，原则上可以办理。', '您好，一般上可以办理。')).toEqual([])
})

test('a suggestion takes the place of its passage', () => {
  expect(applied('𠮷您好，原则上可以。', found(4, 7, { suggestion: '按规定' }))).toBe('𠮷您好，按规定可以。')
})

test('the gravest of several findings marks a passage, and the pieces are the text', () => {
  const text = '一二三四五六'
  const cut = pieces(text, [found(1, 4), found(2, 3, { severity: 'block' })])
  expect(cut.map((p) => p.text).join('')).toBe(text)
  expect(cut.map((p) => [p.text, p.severity])).toEqual([['一', undefined], ['二', 'warn'], ['三', 'block'], ['四', 'warn'], ['五六', undefined]])
})
