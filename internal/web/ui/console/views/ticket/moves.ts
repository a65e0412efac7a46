// What each move asks of whoever makes it. Whether it may be made, and what comes
// of it, the server says.
import type { Schemas } from '../../api/client'
import type { Comment } from '../texts/passage'

export type Move = Schemas['MoveBody']['move']
export type MoveInput = Schemas['MoveBody']
export type Ticket = Schemas['TicketBody']

/** What a dialog can ask for, in the order it does. Score stands for all of a rating. */
const drawn = ['unit', 'co', 'into', 'kind', 'days', 'gates', 'gate', 'score', 'reason', 'by', 'text', 'note'] as const
export type FieldName = (typeof drawn)[number]

export interface Form {
  fields: FieldName[]
  needs: FieldName[]
  most: Partial<Record<FieldName, { most?: number; unit?: string }>>
  left?: number // how often it may still be made
  key?: string // of the keyboard
  note?: string // what the note is, where it is more than a remark
  grave?: string // cannot be undone: what to know before
}

/** What the server does not say of a move: how it is put to whoever makes it. */
interface Manner {
  key?: string
  note?: string
  grave?: string
  bare?: boolean // made with a press: a remark would be in the way
}

const ends = '来信就此结束，来信人会读到上面的告知内容。'

const manners: Partial<Record<Move, Manner>> = {
  sign: { key: 's', bare: true },
  take: { bare: true },
  dispatch: { key: 'd' },
  reassign: { key: 'd' },
  extend: { key: 'e' },
  merge: { key: 'm' },
  note: { key: 'n', note: '备注' },
  decline: { grave: ends },
  transfer: { grave: ends },
  release: { bare: true, grave: '来信人马上可以读到答复，发出以后不能收回。' },
  withdraw: { grave: '只在来信人要求时撤回。来信就此结束，不能恢复。' },
  supply: { note: '补充了什么' },
  opine: { note: '会办意见' },
  refuse: { note: '不同意的理由' },
  send_back: { note: '要改什么' },
  rate: { note: '来信人还说了什么' },
  unmerge: { note: '为什么分开办理' },
  third_replied: { note: '收到的意见' },
  suspend: { note: '情况说明' },
  resume: { note: '情况说明' },
  brief: { note: '何时、向谁发布了什么' },
  urge: { note: '催办内容' },
  supervise: { note: '督办要求' },
  feedback: { note: '反馈内容' },
  circular: { note: '通报内容' },
}

type Listed = Exclude<Move, 'draft' | 'submit'> // these two are the editor's
const isListed = (m: Move): m is Listed => m !== 'draft' && m !== 'submit'

/** formOf is what m asks for with this ticket. */
export function formOf(m: Move, t: Ticket): Form {
  const asked = t.forms.find((f) => f.move === m)
  const { bare, ...manner } = manners[m] ?? {}
  const known = new Map((asked?.fields ?? []).map((f) => [f.name, f]))
  const reading = t.review?.state === 'in_review'
  const fields = drawn.filter((n) => {
    if (!known.has(n)) return false
    if (n === 'gates' || n === 'gate') return reading // nobody reads it any more: there is no gate to fail at
    return n !== 'note' || !bare
  })
  const needs = fields.filter((n) => known.get(n)?.required || (m === 'send_back' && n === 'note'))
  const most = Object.fromEntries(fields.map((n) => [n, { most: known.get(n)?.most, unit: known.get(n)?.unit }]))
  return { fields, needs, most, left: asked?.left, ...manner }
}

/** What leads on comes first, then what may have to be done; what is done seldom is at the end. */
const onward: Move[] = ['sign', 'dispatch', 'approve', 'release', 'grant', 'opine', 'accept', 'supply', 'feedback', 'take', 'third_replied', 'resume', 'close']
const order: Move[] = [
  ...onward,
  'send_back', 'return', 'extend', 'ask', 'reassign', 'urge', 'merge', 'unmerge', 'rate', 'redo', 'supervise', 'involve', 'refuse', 'put_back', 'consult_third',
  'suspend', 'brief', 'reclassify', 'transfer', 'decline', 'circular', 'withdraw', 'note',
]

export const leadsOn = (m: Move) => onward.includes(m)

/** Whoever looks, as far as it matters for what is of use. */
export interface Viewer {
  id: string
  heads: boolean // may take work away from who holds it
}

/** apt leaves out what the ticket itself says is of no use now, though the post may do it. */
function apt(m: Move, body: Ticket, who: Viewer): boolean {
  const t = body.ticket
  if (body.forms.find((f) => f.move === m)?.left === 0) return false
  const free = !t.holder || t.holder === who.id
  switch (m) {
    case 'grant':
    case 'refuse':
      return t.extension !== undefined && t.extension.by !== who.id
    case 'extend':
      return t.extension === undefined && free
    case 'draft':
    case 'submit':
    case 'return':
      return free
    case 'take':
      return !t.holder
    case 'put_back':
      return t.holder === who.id || (Boolean(t.holder) && who.heads)
    case 'approve':
      return body.review?.waits?.mine ?? body.review === undefined
    case 'send_back':
      return body.review?.waits?.mine ?? true
    case 'release':
      return !body.review || body.review.state === 'approved'
    case 'feedback':
      return t.feedback_due_at !== undefined
    case 'opine':
      return t.co.some((c) => !c.given)
    case 'third_replied':
      return free && (t.third === 'third_party' || t.third === 'other_agency')
    case 'resume':
      return free && (t.third === 'hearing' || t.third === 'examination')
    case 'consult_third':
    case 'suspend':
      return free && !t.third
    case 'circular':
      return Date.parse(t.due_at) < Date.now()
    case 'merge':
    case 'withdraw':
      return !t.restricted
    default:
      return true
  }
}

/** writes reports whether who may write the reply now. */
export const writes = (body: Ticket, who: Viewer) => body.moves.includes('draft') && apt('draft', body, who)

/** offered is what can be done now in a dialog, the likeliest first. */
export function offered(body: Ticket, who: Viewer): Listed[] {
  return order.filter((m): m is Listed => isListed(m) && body.moves.includes(m) && apt(m, body, who))
}

/** What has been filled in so far. */
export interface Filled {
  unit: string
  co: string[]
  into: string
  reason: string
  note: string
  text: string
  days?: number
  by: string
  kind: string
  gates: string[]
  gate: string // gate/reason
  comments: Comment[] // about passages of the reply
  score?: number
  solved: boolean
  reasons: string[]
}

export const blank = (): Filled => ({
  unit: '', co: [], into: '', reason: '', note: '', text: '', by: '', kind: '', gates: [], gate: '', comments: [], solved: true, reasons: [],
})

/** missing are the needs of a form nobody has filled in yet. */
export function missing(form: Form, f: Filled, gates: string[]): FieldName[] {
  const empty: Record<FieldName, boolean> = {
    unit: !f.unit, co: !f.co.length, into: !f.into.trim(), reason: !f.reason, note: !f.note.trim(), text: !f.text.trim(), days: !f.days,
    by: !f.by, kind: !f.kind, gates: gates.some((g) => !f.gates.includes(g)), gate: !f.gate, score: !f.score,
  }
  return form.needs.filter((n) => empty[n])
}

/** inputOf is what the server is asked: of what was filled in, what the form has. */
export function inputOf(m: Move, form: Form, f: Filled, version: number): MoveInput {
  const has = (n: FieldName) => form.fields.includes(n)
  const [gate, reason] = f.gate.split('/')
  const input = {
    move: m,
    version,
    ...(has('unit') && { unit: f.unit }),
    ...(has('co') && { co: f.co }),
    ...(has('into') && { into: f.into.trim() }),
    ...(has('reason') && { reason: f.reason }),
    ...(has('note') && f.note.trim() && { note: f.note.trim() }),
    ...(has('text') && { text: f.text.trim() }),
    ...(has('days') && { days: f.days }),
    ...(has('by') && f.by && { by: f.by }),
    ...(has('kind') && { kind: f.kind }),
    ...(has('gates') && { gates: f.gates }),
    ...(has('gate') && { gate, reason, ...(f.comments.length && { comments: f.comments }) }),
    ...(has('score') && { score: f.score, solved: f.solved, reasons: f.reasons }),
  }
  return input as MoveInput
}
