import type { Schemas } from '../../api/client'

export type Term = Schemas['LineTermBody']

export interface Difference {
  field: string
  was: string
  now: string
}

const fields = [
  ['number', '号码'],
  ['name', '名称'],
  ['use', '用途'],
  ['hours', '服务时间'],
  ['unit', '接听单位'],
  ['group', '分组'],
  ['note', '备注'],
] as const

/** differences says what a term changed; name gives the name of a unit or group. */
export function differences(before: Term | undefined, after: Term, name: (field: 'unit' | 'group', code: string) => string): Difference[] {
  if (after.closed !== before?.closed && (after.closed || before?.closed)) {
    return [{ field: '状态', was: before?.closed ? '停用' : '使用', now: after.closed ? '停用' : '使用' }]
  }
  return fields.flatMap(([key, field]) => {
    const text = (t?: Term) => (t?.[key] ? (key === 'unit' || key === 'group' ? name(key, t[key]) : t[key]) : '')
    const was = text(before)
    const now = text(after)
    return was === now ? [] : [{ field, was, now }]
  })
}

/** newestFirst are terms with the one before each. */
export const newestFirst = (terms: Term[]): { term: Term; before?: Term }[] => terms.map((term, i) => ({ term, before: terms[i - 1] })).reverse()
