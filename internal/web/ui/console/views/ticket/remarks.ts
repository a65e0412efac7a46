// What whoever read a reply has sent it back for, as long as it was not submitted again.
import type { Schemas } from '../../api/client'
import { find, type Passage } from '../texts/passage'
import type { Ticket } from './moves'
import type { Finding } from './findings'

export interface Remark {
  quote: string
  text: string
  at?: Passage // where it stands now; absent: it was changed
}

export interface SentBack {
  by: string // user id
  at: string
  words: string
  act?: Schemas['ActBody'] // of those who read it in order
}

/** sentBack is why the reply came back; undefined: nobody waits for another one. */
export function sentBack(t: Pick<Ticket, 'events' | 'review'>): SentBack | undefined {
  const last = [...t.events].reverse().find((e) => e.move === 'send_back' || e.move === 'submit')
  if (last?.move !== 'send_back') return undefined
  const act = [...(t.review?.ledger ?? [])].reverse().find((a) => a.move === 'send_back' || a.move === 'pass' || a.move === 'submit')
  return { by: last.actor, at: last.at, words: last.note ?? '', act: act?.move === 'send_back' ? act : undefined }
}

/** placed finds each remark in the text as it is now. */
export const placed = (comments: Schemas['CommentBody'][], text: string): Remark[] => comments.map((c) => ({ quote: c.quote, text: c.text, at: find(text, c.quote, c) }))

/** marksOf shows them in the text as findings are shown. */
export const marksOf = (remarks: Remark[]): Finding[] =>
  remarks.flatMap((r) => (r.at ? [{ code: 'remark', severity: 'warn' as const, message: r.text, excerpt: r.quote, from: r.at.from, to: r.at.to } as Finding] : []))
