import { beforeEach, describe, expect, it } from 'vitest'
import { Client, type Ports, type Socket } from './client'
import { type KeyValue, Memory, ram } from './memory'
import { backoff, type Frame, newID, reaction } from './wire'

const server = 'https://desk.example'

/** A socket whose other end is the test. */
class FakeSocket implements Socket {
  sent: Frame[] = []
  closed = false
  onopen: ((e: never) => void) | null = null
  onmessage: ((e: { data: unknown }) => void) | null = null
  onclose: ((e: { code: number }) => void) | null = null

  send(data: string) {
    this.sent.push(JSON.parse(data) as Frame)
  }
  close() {
    this.closed = true
  }
  open() {
    this.onopen?.(undefined as never)
  }
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  drop(code: number) {
    this.onclose?.({ code })
  }
  of(t: string) {
    return this.sent.filter((f) => f.t === t)
  }
}

/** A world with its own clock, network and sockets. */
class World {
  now = 1_700_000_000_000
  sockets: FakeSocket[] = []
  calls: { method: string; path: string; headers: Record<string, string>; body: unknown }[] = []
  answers: ((call: { method: string; path: string }) => Response | Promise<Response> | null)[] = []
  private timers: { at: number; run: () => void }[] = []

  ports: Ports = {
    now: () => this.now,
    random: () => 0.5,
    after: (ms, run) => {
      const t = { at: this.now + ms, run }
      this.timers.push(t)
      return () => void (this.timers = this.timers.filter((x) => x !== t))
    },
    socket: () => {
      const s = new FakeSocket()
      this.sockets.push(s)
      return s
    },
    fetch: async (url, init) => {
      const call = {
        method: init.method ?? 'GET',
        path: url.replace(server, ''),
        headers: init.headers as Record<string, string>,
        body: init.body ? (JSON.parse(init.body as string) as unknown) : undefined,
      }
      this.calls.push(call)
      for (const a of this.answers) {
        const r = a(call)
        if (r) return r
      }
      if (call.path === '/api/v1/chat/passes') {
        const known = (call.body as { conversation?: string }).conversation
        return Response.json(known ? { pass: 'p', conversation: known } : { pass: 'p', conversation: 'c1', token: 't1' })
      }
      return new Response('{}', { status: 500 })
    },
  }

  get socket(): FakeSocket {
    const s = this.sockets.at(-1)
    if (!s) throw new Error('no socket')
    return s
  }

  /** settle lets promises run; nothing here takes real time. */
  async settle() {
    for (let i = 0; i < 20; i++) await Promise.resolve()
    await new Promise((r) => setTimeout(r, 0))
  }

  async pass(ms: number) {
    const until = this.now + ms
    for (;;) {
      const due = this.timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.timers = this.timers.filter((t) => t !== due)
      this.now = due.at
      due.run()
      await this.settle()
    }
    this.now = until
    await this.settle()
  }
}

let world: World
let disk: KeyValue

beforeEach(() => {
  world = new World()
  disk = ram()
})

const client = () => new Client(server, new Memory(disk, server), world.ports, () => {})
const msg = (seq: number, text: string, cid?: string) => ({
  t: 'msg', seq, cid, from: { role: cid ? 'user' : 'bot' }, kind: 'text', body: { text }, at: '2026-11-22T10:00:00+08:00',
})
const texts = (c: Client) => c.messages.map((m) => m.body.text)

async function live(c: Client, welcome: object = {}) {
  await world.settle()
  world.socket.open()
  world.socket.say({ t: 'welcome', id: 1, epoch: 'e1', head: 0, recovered: true, ping_s: 25, ...welcome })
  await world.settle()
  expect(c.status).toBe('live')
}

async function talking(text = '身份证丢了'): Promise<Client> {
  const c = client()
  c.start()
  c.say('text', { text })
  await live(c)
  return c
}

describe('sending', () => {
  it('starts a conversation with the first word, not before', async () => {
    const c = client()
    c.start()
    await world.settle()
    expect(world.calls).toHaveLength(0)
    c.say('text', { text: '你好' })
    await live(c)
    expect(world.socket.of('hello')[0]).toMatchObject({ v: 1, pass: 'p', client: { kind: 'web' } })
    expect(world.socket.of('send')[0]).toMatchObject({ kind: 'text', body: { text: '你好' } })
  })

  it('keeps a message until the server has it, and shows it once', async () => {
    const c = await talking()
    const sent = world.socket.of('send')[0]
    expect(new Memory(disk, server).unsent()).toHaveLength(1)
    world.socket.say({ t: 'ok', id: sent?.id, seq: 1 })
    expect(new Memory(disk, server).unsent()).toHaveLength(0)
    expect(c.outgoing[0]?.state).toBe('sent')
    world.socket.say(msg(1, '身份证丢了', String(sent?.cid)))
    world.socket.say(msg(1, '身份证丢了', String(sent?.cid)))
    expect(c.outgoing).toHaveLength(0)
    expect(texts(c)).toEqual(['身份证丢了'])
  })

  it('sends the same message under the same id after a reload', async () => {
    await talking()
    const first = world.socket.of('send')[0]
    const again = client()
    again.start()
    await live(again, { head: 0 })
    expect(world.socket.of('send')[0]).toMatchObject({ cid: first?.cid, body: first?.body })
    expect(world.calls.at(-1)?.body).toEqual({ conversation: 'c1' })
  })

  it('sends again after ten silent seconds, in order', async () => {
    const c = await talking('一')
    c.say('text', { text: '二' })
    expect(world.socket.of('send')).toHaveLength(1)
    await world.pass(12_000)
    await live(c)
    const first = world.socket.of('send')[0]
    expect(first?.body).toEqual({ text: '一' })
    world.socket.say({ t: 'ok', id: first?.id, seq: 1, dup: true })
    expect(world.socket.of('send')[1]?.body).toEqual({ text: '二' })
  })

  it('waits as long as the rate limit says, then sends the same', async () => {
    const c = await talking()
    const first = world.socket.of('send')[0]
    world.socket.say({ t: 'err', id: first?.id, code: 'rate', temporary: true, retry_ms: 3000 })
    expect(c.outgoing[0]?.state).toBe('sending')
    await world.pass(2900)
    expect(world.socket.of('send')).toHaveLength(1)
    await world.pass(200)
    expect(world.socket.of('send')[1]?.cid).toBe(first?.cid)
  })

  it('tells a final refusal and lets the citizen try again', async () => {
    const c = await talking()
    world.socket.say({ t: 'err', id: world.socket.of('send')[0]?.id, code: 'too_long', temporary: false, msg: '太长' })
    expect(c.outgoing[0]).toMatchObject({ state: 'failed', why: '太长' })
    c.retry(c.outgoing[0]?.cid ?? '')
    expect(world.socket.of('send')).toHaveLength(2)
  })

  it('never writes a name or a phone number to the device', async () => {
    const c = await talking()
    world.socket.say({ t: 'ok', id: world.socket.of('send')[0]?.id, seq: 1 })
    c.handOff({ name: '测试甲', phone: '000-00000' })
    const frame = world.socket.of('handoff')[0]
    expect(frame).toMatchObject({ contact: { phone: '000-00000' } })
    for (let i = 0; i < disk.length; i++) expect(disk.getItem(disk.key(i) ?? '')).not.toContain('000-00000')
    world.socket.say({ t: 'ok', id: frame?.id, seq: 2 })
    expect(c.outgoing.filter((o) => o.frame === 'handoff')).toHaveLength(0)
  })

  it('rates an answer once and remembers it over a reload', async () => {
    const c = await talking()
    world.socket.say({ t: 'ok', id: world.socket.of('send')[0]?.id, seq: 1 })
    c.rate(2, 5)
    c.rate(2, 1)
    const frames = world.socket.of('rate')
    expect(frames).toHaveLength(1)
    expect(frames[0]).toMatchObject({ seq: 2, score: 5 })
    world.socket.say({ t: 'ok', id: frames[0]?.id, seq: 2 })
    expect(c.outgoing.filter((o) => o.frame === 'rate')).toHaveLength(0)
    expect(client().rated(2)).toBe(true)
    c.forget()
    expect(client().rated(2)).toBe(false)
  })

  it('lets go of a rating nobody takes, and says what comes next', async () => {
    const c = await talking()
    world.socket.say({ t: 'ok', id: world.socket.of('send')[0]?.id, seq: 1 })
    c.rate(1, 5)
    world.socket.say({ t: 'err', id: world.socket.of('rate')[0]?.id, code: 'not_rated', temporary: false, msg: '不能评价' })
    expect(c.outgoing.filter((o) => o.frame === 'rate')).toHaveLength(0)
    c.say('text', { text: '谢谢' })
    expect(world.socket.of('send')).toHaveLength(2)
  })
})

describe('receiving', () => {
  it('puts early messages in order and asks for the missing ones', async () => {
    const c = await talking()
    world.socket.say(msg(1, '一'))
    world.socket.say(msg(3, '三'))
    expect(texts(c)).toEqual(['一'])
    expect(world.socket.of('sync')[0]).toMatchObject({ after: 1 })
    world.socket.say({ t: 'page', items: [msg(2, '二'), msg(3, '三')], head: 3, more: false })
    world.socket.say(msg(2, '二'))
    expect(texts(c)).toEqual(['一', '二', '三'])
    expect(world.socket.of('ack').at(-1)?.seq).toBe(3)
  })

  it('hears from a ping what it missed', async () => {
    const c = await talking()
    world.socket.say({ t: 'ping', n: 7, head: 2 })
    expect(world.socket.of('pong')[0]?.n).toBe(7)
    expect(world.socket.of('sync')[0]).toMatchObject({ after: 0 })
    world.socket.say({ t: 'page', items: [msg(1, '一'), msg(2, '二')], head: 2, more: false })
    expect(texts(c)).toEqual(['一', '二'])
  })

  it('resumes where it was', async () => {
    const c = await talking()
    world.socket.say(msg(1, '一'))
    world.socket.drop(1006)
    await world.pass(1000)
    await live(c, { head: 2 })
    expect(world.socket.of('hello')[0]?.last).toEqual({ epoch: 'e1', seq: 1 })
    world.socket.say(msg(2, '二'))
    expect(texts(c)).toEqual(['一', '二'])
  })

  it('loads everything anew when the server cannot resume', async () => {
    const c = await talking()
    world.socket.say(msg(1, '旧'))
    world.socket.drop(1006)
    await world.pass(1000)
    await live(c, { epoch: 'e2', head: 1, recovered: false })
    expect(c.messages).toHaveLength(0)
    world.socket.say({ t: 'page', items: [msg(1, '新')], head: 1, more: false })
    expect(texts(c)).toEqual(['新'])
  })

  it('is not upset by what it does not know', async () => {
    const c = await talking()
    world.socket.onmessage?.({ data: 'not json' })
    world.socket.say({ t: 'novelty', seq: 'x' })
    world.socket.say({ t: 'page', items: 'none' })
    expect(c.status).toBe('live')
  })
})

describe('connection', () => {
  it('follows the table of close codes', () => {
    const table: [number, string][] = [
      [1000, 'stop'], [1001, 'again'], [1006, 'again'], [1009, 'stop'], [4001, 'again'], [4008, 'again'], [4010, 'again'], [4011, 'again'], [4029, 'again'],
      [4400, 'stop'], [4401, 'pass'], [4403, 'stop'], [4404, 'fresh'], [4409, 'stop'], [4410, 'stop'], [4429, 'later'],
    ]
    for (const [code, want] of table) expect([code, reaction(code)]).toEqual([code, want])
  })

  it('backs off with full jitter up to thirty seconds', () => {
    expect(backoff(1, 1)).toBe(1000)
    expect(backoff(50, 1)).toBe(30_000)
    expect(backoff(5, 0)).toBe(0)
  })

  it('gives up after three passes in a row were refused', async () => {
    const c = client()
    c.start()
    c.say('text', { text: '你好' })
    for (let i = 0; i < 4; i++) {
      await world.settle()
      // The HTTP fallback is not what this is about: pretend each socket opened.
      world.socket.open()
      world.socket.drop(4401)
      if (i < 3) {
        ;(c as unknown as { deaf: number }).deaf = 0
        await world.pass(1000)
      }
    }
    expect(c.status).toBe('stopped')
    expect(new Memory(disk, server).unsent()).toHaveLength(1)
  })

  it('starts anew when the conversation is gone, and loses no word', async () => {
    const c = await talking()
    world.socket.drop(4404)
    await world.pass(100)
    expect(world.calls.at(-1)?.body).toEqual({})
    await live(c)
    expect(world.socket.of('send')[0]?.body).toEqual({ text: '身份证丢了' })
  })

  it('notices a line that has gone silent', async () => {
    await talking()
    world.socket.say({ t: 'ok', id: world.socket.of('send')[0]?.id, seq: 1 })
    const count = world.sockets.length
    await world.pass(40_000)
    expect(world.sockets.length).toBeGreaterThan(count)
  })

  it('comes back at once when the device is online again', async () => {
    const c = await talking()
    world.socket.drop(1006)
    expect(c.status).toBe('waiting')
    c.online()
    await world.settle()
    expect(world.sockets).toHaveLength(2)
  })

  it('says at once that the device is offline, and loses nothing', async () => {
    const c = await talking()
    c.offline()
    expect(c.status).toBe('waiting')
    c.say('text', { text: '还在吗' })
    c.online()
    await live(c)
    expect(world.socket.of('send').map((f) => f.body)).toEqual([{ text: '身份证丢了' }])
  })

  it('falls back to plain HTTP with the same ids when sockets do not get through', async () => {
    const c = client()
    const stored: object[] = []
    let held: (() => void) | null = null
    world.answers.push(({ method, path }) => {
      if (method === 'POST' && path === '/api/v1/chat/c1/messages') {
        const call = world.calls.at(-1)
        stored.push({ ...msg(1, '身份证丢了', call?.headers['Idempotency-Key']) }, msg(2, '可以补领'))
        held?.()
        return Response.json({ seq: 1, head: 2 }, { status: 201 })
      }
      if (method === 'GET') {
        const after = Number(new URL(path, server).searchParams.get('after'))
        if (after >= stored.length && new URL(path, server).searchParams.get('wait') !== '0') {
          return new Promise<Response>((resolve) => {
            held = () => resolve(Response.json({ epoch: 'e1', head: 2, recovered: true, messages: stored }))
          })
        }
        return Response.json({ epoch: 'e1', head: stored.length, recovered: true, messages: stored.slice(after) })
      }
      return null
    })
    c.start()
    c.say('text', { text: '身份证丢了' })
    const cid = c.outgoing[0]?.cid
    for (let i = 0; i < 2; i++) {
      await world.settle()
      world.socket.drop(1006)
      await world.pass(2000)
    }
    expect(texts(c)).toEqual(['身份证丢了', '可以补领'])
    expect(c.outgoing).toHaveLength(0)
    const post = world.calls.find((x) => x.path.endsWith('/c1/messages') && x.method === 'POST')
    expect(post?.headers).toMatchObject({ 'Idempotency-Key': cid, Authorization: 'Bearer t1' })
    world.answers.push(({ path }) => (path === '/api/v1/chat/c1/ratings' ? Response.json({ seq: 2, score: 5 }, { status: 201 }) : null))
    c.rate(2, 5)
    await world.settle()
    expect(world.calls.find((x) => x.path.endsWith('/c1/ratings'))?.body).toEqual({ seq: 2, score: 5 })
    expect(c.outgoing).toHaveLength(0)
    c.stop()
  })

  it('forgets everything when asked', async () => {
    const c = await talking()
    world.socket.say(msg(1, '一'))
    c.forget()
    expect(c.messages).toHaveLength(0)
    expect(disk.length).toBe(0)
    expect(world.socket.closed).toBe(true)
  })
})

describe('memory', () => {
  it('survives a storage that is broken or foreign', () => {
    disk.setItem(`jiesu:${server}:session`, '{broken')
    disk.setItem(`jiesu:${server}:out:x`, '17')
    const m = new Memory(disk, server)
    expect(m.session()).toBeNull()
    expect(m.unsent()).toEqual([])
  })

  it('keeps servers and tabs apart, oldest first', () => {
    const m = new Memory(disk, server)
    new Memory(disk, 'https://other.example').keep({ cid: '0', kind: 'text', body: {} })
    m.keep({ cid: newID(2000), kind: 'text', body: { n: 2 } })
    m.keep({ cid: newID(1000), kind: 'text', body: { n: 1 } })
    expect(m.unsent().map((u) => u.body.n)).toEqual([1, 2])
  })
})

describe('people', () => {
  const told = (seq: number, chat: string, name?: string) => ({ ...msg(seq, '通知'), from: { role: 'system' }, kind: 'notice', body: { text: '通知', chat, name } })

  it('asks for a person, shows where one stands, and leaves', async () => {
    const c = await talking()
    c.askPerson()
    world.socket.say({ t: 'ok', id: world.socket.of('send')[0]?.id, seq: 1 })
    const asked = world.socket.of('person')[0]
    expect(asked?.cid).toBeTruthy()
    world.socket.say({ t: 'ok', id: asked?.id, seq: 2 })
    world.socket.say(msg(1, '身份证丢了'))
    world.socket.say({ ...msg(2, '转人工', String(asked?.cid)) })
    world.socket.say(told(3, 'queued'))
    world.socket.say({ t: 'note', kind: 'queue', body: { state: 'queued', position: 2, wait_s: 90 } })
    expect(c.standing).toEqual({ state: 'queued', position: 2, wait_s: 90 })
    c.leaveQueue()
    world.socket.say({ t: 'ok', id: world.socket.of('leave')[0]?.id, seq: 4 })
    world.socket.say(told(4, 'bot'))
    expect(c.standing.state).toBe('bot')
    expect(c.outgoing.filter((o) => o.frame !== 'send')).toHaveLength(0)
  })

  it('shows who answers and that they are writing, for a while', async () => {
    const c = await talking()
    world.socket.say({ t: 'note', kind: 'typing', body: { on: true } })
    expect(c.writing).toBe(false) // nobody answers yet
    c.types()
    expect(world.socket.of('typing')).toHaveLength(0)
    world.socket.say(told(1, 'person', '信箱专班2号'))
    expect(c.standing.name).toBe('信箱专班2号')
    world.socket.say({ t: 'note', kind: 'typing', body: { on: true } })
    expect(c.writing).toBe(true)
    await world.pass(6_500)
    expect(c.writing).toBe(false)
    c.types()
    c.types()
    expect(world.socket.of('typing')).toHaveLength(1)
    world.socket.say({ t: 'note', kind: 'typing', body: { on: true } })
    world.socket.say({ ...msg(2, '您好'), from: { role: 'staff', name: '信箱专班2号' } })
    expect(c.writing).toBe(false)
  })

  it('does the same where websockets do not get through', async () => {
    world.answers.push(({ path }) => {
      if (path.endsWith('/person')) return Response.json({ seq: 1, head: 2 }, { status: 201 })
      if (path.includes('/messages?after=0')) return Response.json({ epoch: 'e1', head: 1, recovered: true, messages: [told(1, 'queued')], standing: { state: 'queued', position: 1 } })
      return path.includes('/messages?') ? new Promise<Response>(() => {}) : null
    })
    const c = client()
    c.start()
    c.askPerson()
    for (let i = 0; i < 2; i++) {
      await world.settle()
      world.socket.drop(1006)
      await world.pass(30_000)
    }
    await world.pass(60_000)
    expect(world.calls.filter((x) => x.path.endsWith('/c1/person'))).toHaveLength(1)
    expect(c.standing).toEqual({ state: 'queued', position: 1 })
  })
})
