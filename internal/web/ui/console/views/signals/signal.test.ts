import { expect, test } from 'vitest'
import { because, filled, missing } from './signal'

test('why a letter drew attention is said in words', () => {
  expect(because({ ticket: '1', pattern: 'lexicon', passage: '堵路' })).toBe('“堵路”')
  expect(because({ ticket: '1', pattern: 'group', count: 6 })).toBe('6 人反映同一事项')
})

test('what a move needs is said before it is made', () => {
  expect(missing({ move: 'acknowledge' })).toBe('')
  expect(missing({ move: 'assess', words: ' ' })).not.toBe('')
  expect(missing({ move: 'respond', title: '停水', text: '' })).not.toBe('')
  expect(missing({ move: 'respond', ticket: '370000-2026-0001' })).toBe('')
  expect(missing({ move: 'release', channel: 'statement' })).toBe('')
  expect(missing({ move: 'release', channel: 'press' })).not.toBe('')
  expect(missing({ move: 'close', words: '核实' })).toContain('处置结果')
  expect(missing({ move: 'merge', into: 'b', words: '同一事项' })).toBe('')
})

test('fields that were left empty are not sent', () => {
  expect(filled({ move: 'respond', version: 3, ticket: '', title: '停水' })).toEqual({ move: 'respond', version: 3, title: '停水' })
})
