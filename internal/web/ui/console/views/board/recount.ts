import type { Schemas } from '../../api/client'

/** verdict says what counting a closed month again has shown. */
export function verdict(m: Schemas['RecountedBody']): { good: boolean; tag: string; words: string } {
  if (!m.intact) return { good: false, tag: '不一致', words: '现在显示的数字不是封存时的数字：封存以后被改动过，请联系运维人员。' }
  if (m.same) return { good: true, tag: '一致', words: '重新计数和封存时的数字完全相同。' }
  return {
    good: false,
    tag: '不一致',
    words: m.differs.length ? '以下数字不一样，请联系运维人员核对。' : '您能看到的数字一样，不一致的在其他单位或者不公开的数字里，请联系运维人员核对。',
  }
}
