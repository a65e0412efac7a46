import { beforeEach, expect, test } from 'vitest'
import { Live, type Frame, type Socket } from './live'

class Fake implements Socket {
  said: Frame[] = []
  closed: number | undefined
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  send(data: string) {
    this.said.push(JSON.parse(data))
  }
  close(code = 1005) {
    this.closed = code
  }
  says(f: Frame) {
    this.onmessage?.({ data: JSON.stringify(f) })
  }
}

let sockets: Fake[]
let timers: { ms: number; run: () => void }[]
let live: Live

beforeEach(() => {
  sockets = []
  timers = []
  live = new Live({
    socket: () => {
      const s = new Fake()
      sockets.push(s)
      return s
    },
    random: () => 0.5,
    after: (ms, run) => {
      const t = { ms, run }
      timers.push(t)
      return () => void (timers = timers.filter((o) => o !== t))
    },
  })
  live.start()
})

const last = () => sockets.at(-1)!
const wait = () => timers.at(-1)!.ms
const elapse = () => timers.pop()!.run()

test('it says hello with what is known, and is up when welcome', () => {
  live.resume(() => ({ chats: { c1: 7 } }))
  last().onclose?.({ code: 4001 })
  elapse()
  expect(last().said[0]).toMatchObject({ t: 'hello', v: 1, chats: { c1: 7 } })
  expect(live.up.value).toBe(false)
  last().says({ t: 'welcome', id: 1 })
  expect(live.up.value).toBe(true)
})

test('whoever listens hears of changes, and of everything after a gap', () => {
  const heard: unknown[] = []
  const off = live.on('changed', (f) => heard.push(f.topics))
  last().says({ t: 'welcome', id: 1 })
  last().says({ t: 'changed', topics: ['reviews'] })
  expect(heard).toEqual([['reviews']])
  last().onclose?.({ code: 1006 })
  elapse()
  last().says({ t: 'welcome', id: 1 })
  expect(heard[1]).toContain('tickets')
  off()
  last().says({ t: 'changed', topics: ['tickets'] })
  expect(heard).toHaveLength(2)
})

test('it comes back, slower each time, and at once again after a welcome', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8].map(() => {
    last().onclose?.({ code: 1006 })
    const ms = wait()
    elapse()
    return ms
  })
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000])
  last().says({ t: 'welcome', id: 1 })
  last().onclose?.({ code: 1006 })
  expect(wait()).toBe(1000)
  expect([live.up.value, live.cut.value]).toEqual([false, true])
  elapse()
  last().says({ t: 'welcome', id: 1 })
  expect([live.up.value, live.cut.value]).toEqual([true, false])
})

test('a line that went dead is given up', () => {
  last().says({ t: 'welcome', id: 1 })
  last().says({ t: 'ping', n: 3 })
  expect(last().said.at(-1)).toEqual({ t: 'pong', n: 3 })
  elapse()
  expect(last().closed).toBeDefined()
  elapse()
  expect(sockets).toHaveLength(2)
})

test('where the network is gone the page knows it at once, and comes back with it', () => {
  live.offline()
  live.online()
  expect(sockets).toHaveLength(1)
  elapse()
  last().says({ t: 'welcome', id: 1 })
  live.offline()
  expect(last().closed).toBeDefined()
  expect([live.up.value, live.cut.value]).toEqual([false, true])
  live.online()
  expect(sockets).toHaveLength(3)
  last().says({ t: 'welcome', id: 1 })
  expect(live.cut.value).toBe(false)
})

test('a session that is over is told of and not tried again, and a stop is a stop', () => {
  let told = 0
  live.on('over', () => told++)
  last().onclose?.({ code: 4403 })
  expect(timers).toHaveLength(0)
  expect([told, live.cut.value]).toEqual([1, false])
  live.start()
  live.stop()
  last().onclose?.({ code: 1000 })
  expect(timers).toHaveLength(0)
  expect(sockets).toHaveLength(2)
})
