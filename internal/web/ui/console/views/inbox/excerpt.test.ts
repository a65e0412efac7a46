import { expect, test } from 'vitest'
import { pieces } from './excerpt'

test('a text is cut at its marks, by characters and not by code units', () => {
  expect(pieces('𠮷路的信号灯坏了，信号灯', [{ from: 3, to: 6 }, { from: 9, to: 12 }])).toEqual([
    { text: '𠮷路的', marked: false }, { text: '信号灯', marked: true }, { text: '坏了，', marked: false }, { text: '信号灯', marked: true },
  ])
  expect(pieces('没有', [])).toEqual([{ text: '没有', marked: false }])
})
