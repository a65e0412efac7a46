// The frames and bodies of sub-protocol jiesu.v1, as far as a citizen's client
// needs them. Everything that arrives is checked where it is used: a server may
// be newer than this script.

export type Kind = 'text' | 'choice' | 'file' | 'answer' | 'receipt' | 'notice'

export interface Message {
  seq: number
  cid?: string
  from: { role: 'user' | 'bot' | 'staff' | 'system'; name?: string }
  kind: Kind | string
  body: Record<string, unknown>
  at: string
}

export interface Basis {
  title?: string
  number?: string
  article?: string
}

export interface Reply {
  entry?: string
  version?: number
  question?: string
  text?: string
  sample?: boolean
  basis?: Basis[]
}

export interface AnswerBody {
  decision?: string
  text?: string
  answer?: Reply
  more?: Reply[]
  options?: { entry: string; question: string; hint?: string }[]
  none_option?: boolean
  hotlines?: string[]
}

export interface ReceiptBody {
  number?: string
  query_code?: string
  unit?: string
  due_at?: string
  provisional?: boolean
  explain?: { date: string; text: string }[]
  text?: string
}

export interface Admission {
  pass: string
  conversation: string
  token?: string
}

export interface Contact {
  name?: string
  phone?: string
}

/** How the citizen stands with people; nothing of it is stored. */
export interface Standing {
  state?: 'bot' | 'handed' | 'queued' | 'person' | 'ended'
  position?: number
  wait_s?: number
  name?: string
}

export interface Frame {
  t: string
  id?: number
  [key: string]: unknown
}

/** What a close code asks of the client. */
export type Reaction = 'again' | 'pass' | 'fresh' | 'later' | 'stop'

/** reaction follows the table of close codes: 4000–4399 reconnect, 4400–4999 do not. */
export function reaction(code: number): Reaction {
  switch (code) {
    case 1000:
    case 1009:
      return 'stop'
    case 4401:
      return 'pass'
    case 4404:
      return 'fresh'
    case 4429:
      return 'later'
  }
  return code >= 4400 && code <= 4999 ? 'stop' : 'again'
}

/** backoff is full jitter: anything up to 0.5 s doubled with each failure, at most 30 s. */
export function backoff(failures: number, random: number): number {
  return random * Math.min(30_000, 500 * 2 ** Math.min(failures, 10))
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** newID is a ULID: sortable by time, 80 random bits. */
export function newID(now: number): string {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++) {
    time = alphabet.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return time + Array.from(bytes, (b) => alphabet.charAt(b % 32)).join('')
}
