import { expect, test } from 'vitest'
import { body, complete, discontent, type Heard } from './callback'

const heard = (h: Partial<Heard>): Heard => ({ result: '', score: 0, solved: false, reasons: [], words: '', then: '', note: '', ...h })

test('whoever is content needs nothing more', () => {
  const h = heard({ result: 'reached', score: 5, solved: true, words: ' 谢谢 ', then: 'redo', note: 'x' })
  expect(discontent(h, 0, false)).toBe(false)
  expect(complete(h, 0, false)).toBe(true)
  expect(body(h, 2, 0, false)).toEqual({ version: 2, result: 'reached', score: 5, solved: true, reasons: [], words: '谢谢' })
})

test('a good grade for what is not solved still wants a decision', () => {
  const h = heard({ result: 'reached', score: 4 })
  expect(discontent(h, 0, false)).toBe(true)
  expect(complete(h, 0, true)).toBe(false)
  expect(complete({ ...h, then: 'explain' }, 0, true)).toBe(false)
  expect(complete({ ...h, then: 'explain', note: '已说明' }, 0, true)).toBe(true)
  expect(complete({ ...h, then: 'redo' }, 0, true)).toBe(true)
})

test('a rating that stands is not given again, but is decided on', () => {
  const h = heard({ result: 'unwanted', score: 5, then: 'redo' })
  expect(discontent(h, 1, false)).toBe(true)
  expect(body(h, 1, 1, true)).toEqual({ version: 1, result: 'unwanted', then: 'redo', note: '' })
})

test('nobody there is only noted', () => {
  const h = heard({ result: 'no_answer', score: 1 })
  expect(discontent(h, 0, false)).toBe(false)
  expect(complete(h, 1, discontent(h, 1, false))).toBe(true)
  expect(body(h, 3, 1, true)).toEqual({ version: 3, result: 'no_answer' })
})
