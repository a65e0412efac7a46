import type { Memory } from './memory'
import { type Admission, backoff, type Contact, type Frame, type Message, newID, reaction, type Standing } from './wire'

// The client of one conversation. Invariants: messages are shown in the order of
// their sequence numbers, each once; what was typed leaves the outbox only when
// the server says that it is stored; the same message always goes out under the
// same client id.

export interface Socket {
  send(data: string): void
  close(code?: number): void
  onopen: ((e: never) => void) | null
  onmessage: ((e: { data: unknown }) => void) | null
  onclose: ((e: { code: number; reason?: string }) => void) | null
}

/** Ports is everything the client touches outside of itself. */
export interface Ports {
  fetch(url: string, init: RequestInit): Promise<Response>
  socket(url: string, protocol: string): Socket
  now(): number
  random(): number
  after(ms: number, run: () => void): () => void
}

export type Status = 'idle' | 'connecting' | 'live' | 'waiting' | 'stopped'

/** Outgoing is a message on its way. */
export interface Outgoing {
  cid: string
  frame: 'send' | 'handoff' | 'rate' | 'person' | 'leave'
  kind: string
  body: Record<string, unknown>
  state: 'sending' | 'sent' | 'failed'
  why?: string
}

const answerTimeout = 10_000
const settled = 60_000
const socketAgain = 120_000
const pageSize = 100
const typingLasts = 6_000
const typingAgain = 3_000

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly retryAfter: number,
  ) {
    super(detail)
  }
}

export class Client {
  messages: Message[] = []
  outgoing: Outgoing[] = []
  status: Status = 'idle'
  /** Why the client stopped, for people. */
  stopped = ''
  /** All messages up to the head at connection are here. */
  loaded = false
  /** How the citizen stands with people. */
  standing: Standing = {}
  /** Whoever answers is writing. */
  writing = false

  private socket: Socket | null = null
  private conversation = ''
  private round = 0 // raised to make everything of an earlier connection void
  private nextID = 1
  private epoch = ''
  private cursor = 0
  private acked = 0
  private early = new Map<number, Message>()
  private syncing = false
  private head = 0
  private failures = 0
  private deaf = 0 // sockets in a row that never got a welcome
  private passes = 0
  private polling = false
  private afterMS = 0
  private inflight: { id: number; item: Outgoing; cancel: () => void } | null = null
  private holdUntil = 0
  private patience = 35_000 // without any frame
  private timers = new Map<string, () => void>()
  private typed = 0

  constructor(
    private readonly server: string,
    private readonly memory: Memory,
    private readonly ports: Ports,
    private readonly changed: () => void,
  ) {}

  /** start picks up where the last visit ended; without one it waits for the first word. */
  start(): void {
    this.takeUnsent()
    if (this.memory.session() || this.outgoing.length > 0) void this.connect()
    else this.loaded = true
    this.changed()
  }

  stop(): void {
    this.cut()
    this.status = 'idle'
  }

  say(kind: string, body: Record<string, unknown>): void {
    const item: Outgoing = { cid: newID(this.ports.now()), frame: 'send', kind, body, state: 'sending' }
    this.memory.keep({ cid: item.cid, kind, body })
    this.put(item)
  }

  /** handOff leaves the conversation to people. The contact is not kept on the device. */
  handOff(contact: Contact): void {
    const body: Record<string, unknown> = contact.phone || contact.name ? { contact } : {}
    this.put({ cid: newID(this.ports.now()), frame: 'handoff', kind: 'handoff', body, state: 'sending' })
  }

  /** askPerson asks for somebody who answers; leaveQueue waits for them no longer. */
  askPerson(): void {
    this.put({ cid: newID(this.ports.now()), frame: 'person', kind: 'person', body: {}, state: 'sending' })
  }

  leaveQueue(): void {
    this.put({ cid: newID(this.ports.now()), frame: 'leave', kind: 'leave', body: {}, state: 'sending' })
  }

  /** types tells whoever answers that something is being written, now and then. */
  types(): void {
    if (this.standing.state !== 'person' || this.ports.now() - this.typed < typingAgain) return
    this.typed = this.ports.now()
    this.write({ t: 'typing', on: true })
  }

  /** rate tells what an answer was worth; the first word on it stays. */
  rate(seq: number, score: number): void {
    if (this.rated(seq)) return
    this.memory.keepRated(seq)
    this.put({ cid: newID(this.ports.now()), frame: 'rate', kind: 'rate', body: { seq, score }, state: 'sending' })
  }

  rated(seq: number): boolean {
    return this.memory.rated().includes(seq)
  }

  retry(cid: string): void {
    const item = this.outgoing.find((o) => o.cid === cid)
    if (!item || item.state !== 'failed') return
    item.state = 'sending'
    this.wake()
    this.changed()
  }

  /** forget leaves the conversation and removes its traces from the device. */
  forget(): void {
    for (const o of this.outgoing) this.memory.drop(o.cid)
    this.outgoing = []
    this.cut()
    this.fresh()
    this.status = 'idle'
    this.stopped = ''
    this.loaded = true
    this.changed()
  }

  /** online is told by the browser; waiting makes no sense then. */
  online(): void {
    if (this.status === 'waiting' || this.polling) {
      this.failures = 0
      this.deaf = 0
      void this.connect()
    }
  }

  /** offline is told by the browser: what was open is dead, though nobody says so for a while. */
  offline(): void {
    if (this.status === 'live' || this.status === 'connecting') this.lost(this.round, 1006)
  }

  /** elsewhere is told when another tab changed the session. */
  elsewhere(): void {
    const s = this.memory.session()
    if (!s) {
      this.cut()
      this.reset()
      this.outgoing = []
      this.status = 'idle'
      this.loaded = true
    } else if (s.conversation !== this.conversation) {
      this.cut()
      this.reset()
      void this.connect()
    }
    this.changed()
  }

  private put(item: Outgoing): void {
    this.outgoing.push(item)
    this.wake()
    this.changed()
  }

  private wake(): void {
    if (this.status === 'idle') void this.connect()
    else this.pump()
  }

  private takeUnsent(): void {
    for (const u of this.memory.unsent()) {
      if (!this.outgoing.some((o) => o.cid === u.cid)) this.outgoing.push({ ...u, frame: 'send', state: 'sending' })
    }
  }

  // --- connecting

  private async connect(): Promise<void> {
    this.cut()
    const round = this.round
    this.status = 'connecting'
    this.changed()
    try {
      const pass = await this.admit()
      if (round !== this.round) return
      if (this.deaf >= 2) this.poll(round)
      else this.open(round, pass)
    } catch (e) {
      if (round !== this.round) return
      if (e instanceof Refused && (e.status === 401 || e.status === 403 || e.status === 404) && this.memory.session()) {
        this.fresh() // the conversation is not ours any more, or gone
        this.again(backoff(++this.failures, this.ports.random()))
        return
      }
      this.again(e instanceof Refused && e.retryAfter > 0 ? e.retryAfter : backoff(++this.failures, this.ports.random()))
    }
  }

  private async admit(): Promise<string> {
    const known = this.memory.session()
    const answer = (await this.call('POST', '/api/v1/chat/passes', known ? { conversation: known.conversation } : {})) as unknown as Admission
    const other = this.memory.session()
    if (!known && other) return this.admit() // another tab was faster
    if (!known && answer.token) this.memory.keepSession({ conversation: answer.conversation, token: answer.token })
    if (this.conversation !== answer.conversation) this.reset()
    this.conversation = answer.conversation
    return answer.pass
  }

  private open(round: number, pass: string): void {
    const url = new URL('/api/v1/chat', this.server)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    let socket: Socket
    try {
      socket = this.ports.socket(url.href, 'jiesu.v1')
    } catch {
      this.deaf++
      this.again(backoff(++this.failures, this.ports.random()))
      return
    }
    this.socket = socket
    this.deaf++ // until the welcome
    this.timer('watch', answerTimeout, () => this.lost(round, 1006))
    socket.onopen = () => {
      if (round !== this.round) return
      const hello: Frame = { t: 'hello', id: this.nextID++, v: 1, pass, client: { kind: 'web', ver: '1' } }
      if (this.epoch) hello.last = { epoch: this.epoch, seq: this.cursor }
      this.write(hello)
    }
    socket.onmessage = (e) => {
      if (round === this.round && typeof e.data === 'string') this.read(round, e.data)
    }
    socket.onclose = (e) => this.lost(round, e.code)
  }

  private lost(round: number, code: number): void {
    if (round !== this.round) return
    const wait = this.afterMS
    this.cut()
    switch (reaction(code)) {
      case 'stop':
        this.status = 'stopped'
        this.stopped = code === 4410 ? '页面版本太旧，请刷新页面。' : '对话已断开，请重新开始，或者用写信的方式留言。'
        this.changed()
        return
      case 'pass':
        if (++this.passes > 3) {
          this.status = 'stopped'
          this.stopped = '暂时连不上，请稍后刷新页面再试。'
          this.changed()
          return
        }
        this.again(backoff(this.failures, this.ports.random()))
        return
      case 'fresh':
        this.fresh()
        this.again(0)
        return
      case 'later':
        this.again(Math.max(wait, settled))
        return
      case 'again':
        this.again(wait > 0 ? wait * (0.5 + this.ports.random()) : backoff(++this.failures, this.ports.random()))
    }
  }

  private again(ms: number): void {
    this.status = 'waiting'
    this.timer('again', ms, () => void this.connect())
    this.changed()
  }

  /** cut ends the connection without any reaction. */
  private cut(): void {
    this.round++
    for (const cancel of this.timers.values()) cancel()
    this.timers.clear()
    this.inflight?.cancel()
    this.inflight = null
    this.polling = false
    this.syncing = false
    this.writing = false
    this.afterMS = 0
    this.holdUntil = 0
    const socket = this.socket
    this.socket = null
    socket?.close(1000)
  }

  private fresh(): void {
    this.memory.keepSession(null)
    this.reset()
  }

  private reset(): void {
    this.conversation = ''
    this.epoch = ''
    this.clear()
  }

  private clear(): void {
    this.messages = []
    this.standing = {}
    this.early.clear()
    this.cursor = 0
    this.acked = 0
    this.head = 0
  }

  private timer(name: string, ms: number, run: () => void): void {
    this.timers.get(name)?.()
    this.timers.set(name, this.ports.after(ms, run))
  }

  // --- frames

  private write(frame: Frame): void {
    this.socket?.send(JSON.stringify(frame))
  }

  private read(round: number, data: string): void {
    let frame: Frame
    try {
      frame = JSON.parse(data) as Frame
    } catch {
      return
    }
    switch (frame.t) {
      case 'welcome':
        this.welcomed(round, frame)
        break
      case 'msg':
        this.receive(frame as unknown as Message)
        break
      case 'page':
        this.page(frame)
        break
      case 'ok':
        this.stored(frame)
        break
      case 'err':
        this.refused(frame)
        break
      case 'ping':
        this.write({ t: 'pong', n: frame.n })
        this.sawHead(frame.head)
        break
      case 'note':
        this.noted(frame)
        break
      case 'goaway':
        this.afterMS = typeof frame.after_ms === 'number' ? frame.after_ms : 1000
        break
    }
    if (round !== this.round) return
    this.timer('watch', this.patience, () => this.lost(round, 1006))
    if (this.cursor > this.acked) {
      this.acked = this.cursor
      this.write({ t: 'ack', seq: this.acked })
    }
  }

  private welcomed(round: number, frame: Frame): void {
    this.deaf = 0
    this.passes = 0
    this.status = 'live'
    this.patience = ((typeof frame.ping_s === 'number' ? frame.ping_s : 25) + 10) * 1000
    this.timer('settled', settled, () => {
      if (round === this.round) this.failures = 0
    })
    const epoch = String(frame.epoch ?? '')
    const resumed = frame.recovered === true && this.epoch === epoch
    if (!resumed) this.clear()
    this.epoch = epoch
    this.head = Number(frame.head) || 0
    if (!resumed && this.head > 0) this.sync()
    this.afterReading()
    this.pump()
  }

  /** noted shows what passes; whoever is not heard of again has stopped writing. */
  private noted(frame: Frame): void {
    const body = (frame.body ?? {}) as Standing & { on?: boolean }
    if (frame.kind === 'queue') this.stands(body)
    if (frame.kind !== 'typing') return
    this.writing = body.on === true && this.standing.state === 'person'
    this.timer('writing', typingLasts, () => {
      this.writing = false
      this.changed()
    })
    this.changed()
  }

  private stands(s: Standing): void {
    this.standing = s
    if (s.state !== 'person') this.writing = false
    this.changed()
  }

  private sync(): void {
    if (this.syncing || !this.socket) return
    this.syncing = true
    this.write({ t: 'sync', id: this.nextID++, after: this.cursor, limit: pageSize })
  }

  private page(frame: Frame): void {
    this.syncing = false
    const before = this.cursor
    for (const m of Array.isArray(frame.items) ? (frame.items as Message[]) : []) this.take(m)
    this.afterReading()
    if (this.cursor > before) this.sawHead(frame.head)
  }

  private sawHead(head: unknown): void {
    if (typeof head !== 'number') return
    this.head = Math.max(this.head, head)
    if (this.head > this.cursor) this.sync()
  }

  /** receive takes a live message, and asks for what is missing before it. */
  private receive(m: Message): void {
    this.take(m)
    this.afterReading()
    if (this.early.size > 0) this.sync()
  }

  private take(m: Message): void {
    if (typeof m.seq !== 'number' || m.seq <= this.cursor) return
    this.early.set(m.seq, m)
    for (let next = this.early.get(this.cursor + 1); next; next = this.early.get(this.cursor + 1)) {
      this.early.delete(next.seq)
      this.cursor = next.seq
      this.messages.push(next)
      if (next.kind === 'notice' && next.body?.chat) this.stands({ ...this.standing, state: next.body.chat as Standing['state'], name: next.body.name as string })
      if (next.from?.role === 'staff') this.writing = false
      if (next.cid && next.from?.role === 'user') this.arrived(next.cid)
    }
  }

  private afterReading(): void {
    if (this.cursor >= this.head) this.loaded = true
    this.changed()
  }

  private arrived(cid: string): void {
    this.memory.drop(cid)
    this.outgoing = this.outgoing.filter((o) => o.cid !== cid)
  }

  // --- sending, one at a time so that order survives every retry

  private pump(): void {
    if (this.inflight || this.status !== 'live') return
    const item = this.outgoing.find((o) => o.state === 'sending')
    if (!item) return
    const wait = this.holdUntil - this.ports.now()
    if (wait > 0) {
      this.timer('hold', wait, () => this.pump())
      return
    }
    if (this.polling) void this.post(item)
    else this.transmit(item)
  }

  private transmit(item: Outgoing): void {
    const id = this.nextID++
    const round = this.round
    const cancel = this.ports.after(answerTimeout, () => this.lost(round, 1006))
    this.inflight = { id, item, cancel }
    if (item.frame !== 'send') this.write({ t: item.frame, id, cid: item.cid, ...item.body })
    else this.write({ t: 'send', id, cid: item.cid, kind: item.kind, body: item.body })
  }

  private inflightOf(id: unknown): Outgoing | null {
    if (!this.inflight || this.inflight.id !== id) return null
    const { item, cancel } = this.inflight
    cancel()
    this.inflight = null
    return item
  }

  private stored(frame: Frame): void {
    const item = this.inflightOf(frame.id)
    if (item) this.done(item)
    this.pump()
  }

  private done(item: Outgoing): void {
    this.memory.drop(item.cid)
    item.state = 'sent'
    // The message itself may have come first, or never comes (a hand-over that was repeated).
    if (item.frame !== 'send' || this.messages.some((m) => m.cid === item.cid)) this.arrived(item.cid)
    this.changed()
  }

  private refused(frame: Frame): void {
    const item = this.inflightOf(frame.id)
    if (!item) return
    this.turnedDown(item, frame.temporary === true, typeof frame.retry_ms === 'number' ? frame.retry_ms : 2000, String(frame.msg ?? ''))
  }

  private turnedDown(item: Outgoing, temporary: boolean, retryMS: number, why: string): void {
    if (temporary) {
      this.holdUntil = this.ports.now() + retryMS
    } else {
      item.state = 'failed'
      item.why = why || '没有发出去。'
      this.memory.drop(item.cid)
      if (item.frame === 'rate') this.arrived(item.cid) // nobody waits for a rating
    }
    this.pump()
    this.changed()
  }

  // --- plain HTTP, where websockets do not get through

  private poll(round: number): void {
    this.polling = true
    this.status = 'live'
    this.timer('upgrade', socketAgain, () => {
      this.deaf = 0
      void this.connect()
    })
    void this.pollOnce(round, this.loaded ? 25 : 0)
    this.pump()
    this.changed()
  }

  private async pollOnce(round: number, wait: number): Promise<void> {
    try {
      const query = new URLSearchParams({ after: String(this.cursor), wait: String(wait), limit: String(pageSize) })
      if (this.epoch) query.set('epoch', this.epoch)
      const answer = await this.call('GET', `/api/v1/chat/${encodeURIComponent(this.conversation)}/messages?${query}`)
      if (round !== this.round) return
      if (answer.recovered === false) this.clear()
      this.epoch = String(answer.epoch ?? '')
      this.head = Number(answer.head) || 0
      for (const m of Array.isArray(answer.messages) ? (answer.messages as Message[]) : []) this.take(m)
      if (answer.standing) this.stands(answer.standing as Standing)
      this.failures = 0
      this.afterReading()
      void this.pollOnce(round, this.cursor < this.head ? 0 : 25)
    } catch (e) {
      if (round === this.round) this.pollFailed(round, e)
    }
  }

  private pollFailed(round: number, e: unknown): void {
    if (e instanceof Refused && e.status >= 400 && e.status < 500 && e.status !== 408 && e.status !== 429) {
      void this.connect() // a new admission decides
      return
    }
    const wait = e instanceof Refused && e.retryAfter > 0 ? e.retryAfter : backoff(++this.failures, this.ports.random())
    this.timer('poll', wait, () => void this.pollOnce(round, 25))
  }

  private async post(item: Outgoing): Promise<void> {
    const round = this.round
    this.inflight = { id: this.nextID++, item, cancel: () => {} }
    const base = `/api/v1/chat/${encodeURIComponent(this.conversation)}`
    try {
      if (item.frame === 'handoff') await this.call('POST', `${base}/ticket`, item.body, item.cid)
      else if (item.frame === 'person' || item.frame === 'leave') await this.call('POST', `${base}/${item.frame}`, item.body, item.cid)
      else if (item.frame === 'rate') await this.call('POST', `${base}/ratings`, item.body, item.cid)
      else await this.call('POST', `${base}/messages`, { kind: item.kind, body: item.body }, item.cid)
      if (round !== this.round) return
      this.inflight = null
      this.done(item)
      this.pump()
    } catch (e) {
      if (round !== this.round) return
      this.inflight = null
      const final = e instanceof Refused && e.status >= 400 && e.status < 500 && e.status !== 408 && e.status !== 429
      const retry = e instanceof Refused && e.retryAfter > 0 ? e.retryAfter : backoff(++this.failures, this.ports.random())
      this.turnedDown(item, !final, retry, e instanceof Refused ? e.detail : '')
    }
  }

  private async call(method: string, path: string, body?: unknown, key?: string): Promise<Record<string, unknown>> {
    const headers: Record<string, string> = {}
    const session = this.memory.session()
    if (session) headers.Authorization = `Bearer ${session.token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (key) headers['Idempotency-Key'] = key
    const init: RequestInit = { method, headers, credentials: 'omit', cache: 'no-store' }
    if (body !== undefined) init.body = JSON.stringify(body)
    const answer = await this.ports.fetch(new URL(path, this.server).href, init)
    const got = (await answer.json().catch(() => ({}))) as Record<string, unknown>
    if (!answer.ok) {
      throw new Refused(answer.status, String(got.detail ?? got.title ?? ''), (Number(answer.headers.get('Retry-After')) || 0) * 1000)
    }
    return got
  }
}
