import { expect, test } from 'vitest'
import { marksOf, surroundings, type Disclosure } from './redactions'

const decision = (redactions: object[] = []): Disclosure =>
  ({ source: { title: '张三的来信', asked: '我叫张三', body: '张三您好，𠮷宅已查。张三。' }, redactions }) as unknown as Disclosure

test('words are hidden wherever they stand', () => {
  expect(marksOf(decision(), '张三', '')).toEqual([
    { part: 'title', from: 0, to: 2 }, { part: 'asked', from: 2, to: 4 }, { part: 'body', from: 0, to: 2 }, { part: 'body', from: 10, to: 12 },
  ])
  expect(marksOf(decision(), '李四', '')).toEqual([])
  expect(marksOf(decision(), '', '')).toEqual([])
})

test('what is hidden already is not hidden twice', () => {
  expect(marksOf(decision([{ part: 'title', from: 0, to: 3 }]), '张三', '某某').map((m) => [m.part, m.with])).toEqual([['asked', '某某'], ['body', '某某'], ['body', '某某']])
})

test('a passage is read with what stands around it', () => {
  const r = { part: 'body', from: 5, to: 7, passage: '𠮷宅' }
  expect(surroundings(decision(), r as never)).toEqual({ before: '张三您好，', passage: '𠮷宅', behind: '已查。张三。' })
})
