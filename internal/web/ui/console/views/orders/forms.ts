// What people write about an order, between the fields of a form and the server.
import type { Schemas } from '../../api/client'
import { instant, local } from '../../lib/local'

type Op = Pick<Schemas['OrderOpBody'], 'content' | 'kind'>
type Act = Schemas['PlatformWords']['act']

export interface ReturnFields {
  reason_code: Schemas['OrderReturn']['reason_code'] | ''
  reason: string
  basis: string
  suggest_unit: string
  attachments: string[]
}

export interface ResultFields {
  result: Schemas['OrderResult']['result'] | ''
  is_true?: boolean // undefined: nobody has judged it
  duty_exceeded: boolean
  contacted: string // as a field shows it; empty: nobody was spoken to
  content: string
  public_reply: string
  unsolved_reason: string
  attachments: string[]
}

export interface SaidFields {
  act: Act | ''
  words: string
  granted: boolean
  reply_by: string
  satisfaction: number
  solved: boolean
}

const chosen = (op?: Op) => (op?.content.files ?? []).map((f) => f.id)
const some = (text: string) => text.trim() || undefined

/** returnOf is the form of a return: blank, or with what op says. */
export function returnOf(op?: Op): ReturnFields {
  const r = op?.content.return
  return { reason_code: r?.reason_code ?? '', reason: r?.reason ?? '', basis: r?.basis ?? '', suggest_unit: r?.suggest_unit ?? '', attachments: chosen(op) }
}

/** resultOf is the form of a result with what op says. */
export function resultOf(op?: Op): ResultFields {
  const r = op?.content.complete
  return {
    result: r?.result ?? '', is_true: r?.is_true, duty_exceeded: r?.duty_exceeded ?? false, contacted: r?.contacted_at ? local(r.contacted_at) : '',
    content: r?.content ?? '', public_reply: r?.public_reply ?? '', unsolved_reason: r?.unsolved_reason ?? '', attachments: chosen(op),
  }
}

export const returnBody = (f: ReturnFields): Schemas['OrderReturn'] | undefined =>
  f.reason_code && f.reason.trim()
    ? { reason_code: f.reason_code, reason: f.reason.trim(), basis: some(f.basis), suggest_unit: some(f.suggest_unit), attachments: f.attachments }
    : undefined

export const resultBody = (f: ResultFields): Schemas['OrderResult'] | undefined =>
  f.result && f.content.trim()
    ? {
        result: f.result, is_true: f.is_true, duty_exceeded: f.duty_exceeded, contacted_at: f.contacted ? instant(f.contacted) : undefined,
        content: f.content.trim(), public_reply: some(f.public_reply), unsolved_reason: some(f.unsolved_reason), attachments: f.attachments,
      }
    : undefined

// What an act of a platform may say beside its words.
const decisions: (Act | '')[] = ['return_decision', 'extend_decision', 'complete_decision']
const dated: (Act | '')[] = [...decisions, 'urge', 'supervise', 'reopen']
export const decides = (f: SaidFields) => decisions.includes(f.act)
export const dates = (f: SaidFields) => dated.includes(f.act)
export const visits = (f: SaidFields) => f.act === 'visit'

/** saidBody leaves out what the act does not say, whatever was ticked before another was chosen. */
export const saidBody = (f: SaidFields): Schemas['PlatformWords'] | undefined =>
  f.act
    ? {
        act: f.act, words: some(f.words), granted: decides(f) ? f.granted : undefined, reply_by: dates(f) && f.reply_by ? instant(f.reply_by) : undefined,
        ...(visits(f) ? { satisfaction: f.satisfaction, solved: f.solved } : {}),
      }
    : undefined
