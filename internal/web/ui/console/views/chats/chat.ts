// What is said in a chat, as a clerk reads it.
import type { Schemas } from '../../api/client'

export type Message = Schemas['Message']
export type Brief = Schemas['ChatBrief']
export type Chat = Schemas['ChatBody']

const text = (v: unknown) => (typeof v === 'string' ? v : '')

/** wordsOf is a message in words; a receipt without its query code, which is the citizen's alone. */
export function wordsOf(m: Pick<Message, 'kind' | 'body'>): string {
  const body = (m.body ?? {}) as Record<string, unknown>
  switch (m.kind) {
    case 'answer': {
      const answer = (body.answer ?? {}) as Record<string, unknown>
      const options = Array.isArray(body.options) ? body.options.map((o) => text((o as Record<string, unknown>).question)) : []
      if (text(answer.text)) return [text(answer.question), text(answer.text)].filter(Boolean).join('\n')
      return options.length ? `请对方从这些里选：${options.join('；')}` : text(body.text)
    }
    case 'choice':
      return text(body.question) || text(body.text)
    case 'file':
      return `附件：${text(body.name)}`
    case 'receipt':
      return `已转为来信，编号 ${text(body.number)}。`
  }
  return text(body.text)
}

/** speaker is who said a message. */
export function speaker(m: Pick<Message, 'from'>): string {
  return { user: '群众', bot: '机器人', staff: m.from.name || '工作人员', system: '系统' }[m.from.role]
}

/** added is what is known with messages that have come, each once and in order; undefined: something is missing between. */
export function added(known: Message[], come: Message[]): Message[] | undefined {
  const all = [...known]
  for (const m of [...come].sort((a, b) => a.seq - b.seq)) {
    const last = all.at(-1)?.seq ?? 0
    if (m.seq <= last) continue
    // What staff do not see (answers before, notices of progress) leaves holes in what was read, not in what comes.
    if (known.length > 0 && m.seq > last + 1) return undefined
    all.push(m)
  }
  return all
}

/** waited is how long somebody has been waiting, in words. */
export function waited(since: string, now: Date): string {
  const s = Math.max(0, Math.round((now.getTime() - new Date(since).getTime()) / 1000))
  return s < 60 ? '不到1分钟' : `${Math.floor(s / 60)}分钟`
}

/** unsent is what was written while sent was on its way. */
export function unsent(written: string, sent: string): string {
  const at = written.indexOf(sent)
  return at < 0 ? written : written.slice(at + sent.length).trimStart()
}
