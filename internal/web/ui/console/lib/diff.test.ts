import { describe, expect, it } from 'vitest'
import { bySentence, compare, merged, sentences } from './diff'

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

describe('what two people have made of one text', () => {
  const base = '您好。正在办理。请等候。'

  it('keeps what either changed alone', () => {
    expect(merged(base, '您好。已经办理。请等候。', '您好。正在办理。请等候。谢谢。')).toEqual({ text: '您好。已经办理。请等候。谢谢。', clash: false })
    expect(merged(base, base, '您好。请等候。')).toEqual({ text: '您好。请等候。', clash: false })
    expect(merged('', '甲。', '')).toEqual({ text: '甲。', clash: false })
  })

  it('keeps both where both changed the same, and says so', () => {
    expect(merged(base, '您好。已经办理。请等候。', '您好。明天办理。请等候。')).toEqual({ text: '您好。已经办理。明天办理。请等候。', clash: true })
    expect(merged('', '甲。', '乙。')).toEqual({ text: '甲。乙。', clash: true })
  })

  it('does not say twice what both have written', () => {
    expect(merged(base, '您好。已经办理。', '您好。已经办理。')).toEqual({ text: '您好。已经办理。', clash: false })
  })

  it('compares sentences that joined are the text again', () => {
    const text = '您好。\n已办理；请查收！谢谢'
    expect(sentences(text).join('')).toBe(text)
    expect(bySentence(base, '您好。已经办理。请等候。')).toEqual([{ before: '您好。', after: '您好。' }, { before: '正在办理。', after: '已经办理。' }, { before: '请等候。', after: '请等候。' }])
  })
})
