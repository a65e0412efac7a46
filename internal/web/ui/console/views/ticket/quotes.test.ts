import { expect, test } from 'vitest'
import { citation, paragraph, sameQuotes, standing } from './quotes'

test('an entry is quoted as long as a sentence of it is left', () => {
  const quote = { entry: 'id-card', version: 3, text: '本人到派出所申请。带户口簿。' }
  expect(standing([quote], '您好，带户口簿。')).toEqual([quote])
  expect(standing([quote], '您好。')).toEqual([])
  const saved = { entry: 'id-card', version: 2 }
  expect(standing([saved, quote, quote], '本人到派出所申请。')).toEqual([saved, quote])
})

test('the same versions are the same quotes, in whatever order', () => {
  const [a, b] = [{ entry: 'a', version: 1 }, { entry: 'b', version: 1 }]
  expect(sameQuotes([a, b], [b, { ...a, text: '甲。' }])).toBe(true)
  expect(sameQuotes([a], [{ entry: 'a', version: 2 }])).toBe(false)
})

test('a paragraph stands in lines of its own, a citation in the line', () => {
  expect(paragraph('', '甲。', '')).toBe('甲。')
  expect(paragraph('您好。', '甲。\n', '谢谢。')).toBe('\n甲。\n')
  expect(paragraph('您好。\n', '甲。', '\n谢谢。')).toBe('甲。')
  expect(citation({ basis: [{ document: 'x', title: '身份证法', number: '', article: '第十一条' }, { document: 'y', title: '', number: '' }] })).toBe('《身份证法》第十一条、《y》')
})
