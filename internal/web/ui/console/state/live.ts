// One socket for the page. It tells which lists have changed, by topic, and carries
// the chats of whoever answers them; what is asked for stands in the database, so a
// frame that is lost costs time and nothing else. While there is no socket, lists ask
// again by themselves.
import { computed, ref } from 'vue'

/** Frame is what the server says; t tells which. */
export interface Frame {
  t: string
  [field: string]: unknown
}

export interface Socket {
  send(data: string): void
  close(code?: number): void
  onmessage: ((e: { data: unknown }) => void) | null
  onclose: ((e: { code: number }) => void) | null
}

/** Ports is everything the connection touches outside of itself. */
export interface Ports {
  socket(): Socket
  random(): number
  after(ms: number, run: () => void): () => void
}

type Hear = (f: Frame) => void

const topics = ['tickets', 'reviews', 'signals', 'chats', 'gaps', 'consultations', 'channels', 'notifications']
const first = 1_000 // ms before the second try
const longest = 60_000
const silence = 70_000 // without any frame: the line is dead and nobody has said so

/** Live keeps one connection while it is wanted. */
export class Live {
  /** up: the server tells of changes by itself. */
  readonly up = ref(false)
  /** cut: it did, and does not any more. */
  readonly cut = ref(false)
  private socket: Socket | undefined
  private failures = 0
  private welcomed = false
  private cancel = () => {}
  private hearers = new Map<string, Set<Hear>>()
  private resumed = new Set<() => Record<string, unknown>>()

  constructor(private readonly ports: Ports) {}

  start(): void {
    if (this.socket) return
    this.cancel()
    const socket = this.ports.socket()
    this.socket = socket
    this.guard()
    socket.onmessage = (e) => this.heard(JSON.parse(String(e.data)) as Frame)
    socket.onclose = (e) => {
      if (this.socket === socket) this.lost(e.code)
    }
    // What is sent before the socket is open waits in it: see open().
    this.send({ t: 'hello', v: 1, id: 1, topics, ...Object.assign({}, ...[...this.resumed].map((more) => more())) })
  }

  stop(): void {
    this.cancel()
    const socket = this.socket
    this.socket = undefined
    this.up.value = this.cut.value = false
    socket?.close(1000)
  }

  /** on hears frames of a kind until the returned function is called. */
  on(t: string, hear: Hear): () => void {
    const set = this.hearers.get(t) ?? new Set()
    this.hearers.set(t, set.add(hear))
    return () => set.delete(hear)
  }

  /** resume adds fields to every hello, such as how much of a chat is known. */
  resume(fields: () => Record<string, unknown>): () => void {
    this.resumed.add(fields)
    return () => this.resumed.delete(fields)
  }

  /** send says something that may be lost. */
  send(f: Frame): void {
    this.socket?.send(JSON.stringify(f))
  }

  private heard(f: Frame): void {
    this.guard()
    if (f.t === 'ping') this.send({ t: 'pong', n: f.n })
    if (f.t === 'welcome') {
      this.failures = 0
      this.up.value = true
      if (this.welcomed) this.tell({ t: 'changed', topics }) // whatever happened meanwhile was not told
      this.welcomed = true
      this.cut.value = false
    }
    this.tell(f)
  }

  private tell(f: Frame): void {
    for (const hear of this.hearers.get(f.t) ?? []) hear(f)
  }

  /** offline is told by the browser: the connection is dead, though nobody says so for a while. */
  offline(): void {
    const socket = this.socket
    if (!socket) return
    this.lost(4010)
    socket.close()
  }

  /** online is told by the browser: waiting makes no sense any more. */
  online(): void {
    if (this.cut.value && !this.socket) this.start()
  }

  /** guard ends a connection on which nothing is heard any more. */
  private guard(): void {
    this.cancel()
    this.cancel = this.ports.after(silence, () => this.offline())
  }

  private lost(code: number): void {
    this.cancel()
    this.socket = undefined
    this.up.value = false
    const over = code >= 4400 && code < 5000 // not to be tried again: the session has ended
    this.cut.value = this.welcomed && !over
    if (over) return this.tell({ t: 'over' })
    // Many consoles lose their server at the same moment; they come back spread out.
    const wait = Math.min(longest, first * 2 ** this.failures++) * (0.5 + this.ports.random())
    this.cancel = this.ports.after(wait, () => this.start())
  }
}

/** open is a socket that keeps what is sent until it is open. */
function open(): Socket {
  const ws = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api/v1/staff/live`, 'jiesu-staff.v1')
  const early: string[] = []
  const socket: Socket = {
    send: (data) => void (ws.readyState === WebSocket.CONNECTING ? early.push(data) : ws.readyState === WebSocket.OPEN && ws.send(data)),
    close: (code) => ws.close(code),
    onmessage: null,
    onclose: null,
  }
  ws.onopen = () => early.forEach((data) => ws.send(data))
  ws.onmessage = (e) => socket.onmessage?.(e)
  ws.onclose = (e) => socket.onclose?.(e)
  return socket
}

export const live = new Live({
  socket: open,
  random: Math.random,
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
})

addEventListener('offline', () => live.offline())
addEventListener('online', () => live.online())

/** alone is how often, in ms, a list asks again by itself: not at all while the server
 * tells. It is a value that changes, for queries look at a function's only after they
 * have asked. */
export const alone = (every: number) => computed(() => (live.up.value ? (false as const) : every))

export const refetching = alone(30_000)
