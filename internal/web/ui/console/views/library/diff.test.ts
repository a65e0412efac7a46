import { describe, expect, it } from 'vitest'
import { compare } from './diff'

describe('what changed between two texts', () => {
  it('is nothing between equal ones', () => {
    expect(compare('带身份证。', '带身份证。')).toEqual([{ before: '带身份证。', after: '带身份证。' }])
    expect(compare('', '')).toEqual([])
  })

  it('shows what went and what came, and loses nothing', () => {
    for (const [before, after] of [['20 元工本费', '40 元工本费'], ['', '新的'], ['旧的', ''], ['甲乙丙丁', '甲丁乙'], ['𠮷祥', '吉祥']] as const) {
      const spans = compare(before, after)
      expect(spans.map((s) => s.before).join('')).toBe(before)
      expect(spans.map((s) => s.after).join('')).toBe(after)
    }
    expect(compare('收 20 元', '收 40 元')).toEqual([{ before: '收 ', after: '收 ' }, { before: '2', after: '4' }, { before: '0 元', after: '0 元' }])
  })
})
