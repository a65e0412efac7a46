// What a platform is told by an operation, line by line.
import type { Schemas } from '../../api/client'

type Content = Schemas['OpContent']
type Name = (list: 'return_reasons' | 'order_results' | 'budgets', code: string) => string
export interface Fact {
  name: string
  value: string
}

const yesNo = (is: boolean | undefined) => (is === undefined ? '没有填写' : is ? '是' : '否')
const units = { workday: '个工作日', day: '天', hour: '小时' } as const

/** facts are the parts of c that say something. */
export function facts(c: Content, name: Name, moment: (t: string) => string): Fact[] {
  const all: [string, string | undefined][] = []
  const { return: back, extend, progress, push, complete } = c
  if (back) all.push(['原因', name('return_reasons', back.reason_code)], ['说明', back.reason], ['依据', back.basis], ['建议承办单位', back.suggest_unit])
  if (extend) all.push(['原因', extend.reason], ['延长', `${extend.amount} ${units[extend.unit]}`], ['延长到', extend.new_reply_by && moment(extend.new_reply_by)])
  if (progress) all.push(['内容', progress])
  if (push) all.push(['标题', push.title], ['内容', push.content], ['推送理由', push.opinion], ['建议承办单位', push.suggest_unit])
  if (complete)
    all.push(
      ['办理结果', name('order_results', complete.result)],
      ['诉求属实', yesNo(complete.is_true)],
      ['超出职责', yesNo(complete.duty_exceeded)],
      ['联系诉求人', complete.contacted_at ? moment(complete.contacted_at) : '没有联系'],
      ['办理情况', complete.content],
      ['公开答复', complete.public_reply],
      ['未解决的原因', complete.unsolved_reason],
    )
  for (const f of c.files ?? []) all.push(['附件', f.name])
  return all.flatMap(([n, value]) => (value ? [{ name: n, value }] : []))
}

/** late reports whether a platform still waits for us after the date. */
export const late = (o: { state: string; reply_by?: string }, now: Date): boolean =>
  ['to_sign', 'handling', 'return_asked', 'extend_asked'].includes(o.state) && o.reply_by !== undefined && Date.parse(o.reply_by) < now.getTime()
