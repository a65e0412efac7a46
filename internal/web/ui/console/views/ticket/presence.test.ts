import { effectScope, nextTick, ref } from 'vue'
import { expect, test, vi } from 'vitest'
import type { Frame } from '../../state/live'
import { told, usePresence, useWriting } from './presence'

function line() {
  const said: Frame[] = []
  let hear: (f: Frame) => void = () => {}
  let resumes: () => Record<string, unknown> = () => ({})
  const live = {
    up: ref(true),
    send: (f: Frame) => void said.push(f),
    on: (_: string, h: (f: Frame) => void) => ((hear = h), () => (hear = () => {})),
    resume: (fields: () => Record<string, unknown>) => ((resumes = fields), () => {}),
  }
  return { live, said, says: (f: Frame) => hear(f), hello: () => resumes() }
}

test('the others hear where one is, and that one has left', async () => {
  const { live, said, hello } = line()
  const [number, drafts] = [ref('n1'), ref(false)]
  const scope = effectScope()
  scope.run(() => usePresence(number, drafts, live))
  expect(said.at(-1)).toEqual({ t: 'present', ticket: 'n1', drafts: false })
  drafts.value = true
  await nextTick()
  expect(said.at(-1)).toEqual({ t: 'present', ticket: 'n1', drafts: true })
  expect(hello()).toEqual({ ticket: 'n1', drafts: true }) // and again when the line was cut
  dispatchEvent(new Event('pagehide'))
  expect(said.at(-1)).toEqual({ t: 'present' })
  scope.stop()
  dispatchEvent(new Event('pagehide'))
  expect(said.filter((f) => !f.ticket)).toHaveLength(2)
})

test('who was there is forgotten with the ticket and with the line', async () => {
  const { live, says } = line()
  const number = ref('n1')
  const people = effectScope().run(() => usePresence(number, ref(false), live))!
  const anna = { id: 'a', name: '安娜', drafts: true }
  says({ t: 'present', ticket: 'n2', people: [anna] })
  expect(people.value).toEqual([])
  says({ t: 'present', ticket: 'n1', people: [anna] })
  expect(people.value).toEqual([anna])
  live.up.value = false
  await nextTick()
  expect(people.value).toEqual([])
  says({ t: 'present', ticket: 'n1', people: [anna] })
  number.value = 'n2'
  await nextTick()
  expect(people.value).toEqual([])
})

test('those who write are named apart', () => {
  const of = (name: string, drafts: boolean) => ({ id: name, name, drafts })
  expect(told([of('甲', true), of('乙', false), of('丙', false)])).toEqual({ drafting: '甲正在起草答复', looking: '乙、丙正在看' })
  expect(told([])).toEqual({ drafting: '', looking: '' })
})

test('whoever stops writing is not said to write for ever', async () => {
  vi.useFakeTimers()
  const text = ref('')
  const said: boolean[] = []
  const scope = effectScope()
  scope.run(() => useWriting(text, (on) => said.push(on)))
  for (const now of ['您', '您好']) {
    text.value = now
    await nextTick()
  }
  expect(said).toEqual([true])
  vi.runAllTimers()
  expect(said).toEqual([true, false])
  scope.stop()
  expect(said).toEqual([true, false])
  vi.useRealTimers()
})
