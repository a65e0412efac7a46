import { describe, expect, it } from 'vitest'
import { added, speaker, type Message, unsent, waited, wordsOf } from './chat'

const said = (seq: number, text = '话'): Message => ({ t: 'msg', seq, from: { role: 'user' }, kind: 'text', body: { text }, at: '2026-11-30T08:00:00Z' })

describe('a chat', () => {
  it('shows each message once, in order, however often it comes', () => {
    const known = [said(1), said(2)]
    expect(added(known, [said(4), said(3), said(2)])?.map((m) => m.seq)).toEqual([1, 2, 3, 4])
  })

  it('notices that something is missing', () => {
    expect(added([said(1)], [said(3)])).toBeUndefined()
  })

  it('never shows a query code', () => {
    const receipt = { kind: 'receipt' as const, body: { number: '261130-0000-0001', query_code: 'ABCD2345', text: '查询码 ABCD2345' } }
    expect(wordsOf(receipt)).toContain('261130-0000-0001')
    expect(wordsOf(receipt)).not.toContain('ABCD2345')
  })

  it('reads answers and choices as the citizen saw them', () => {
    expect(wordsOf({ kind: 'answer', body: { answer: { question: '怎么换证', text: '到车管所办理。' } } })).toBe('怎么换证\n到车管所办理。')
    expect(wordsOf({ kind: 'answer', body: { options: [{ question: '甲' }, { question: '乙' }] } })).toContain('甲；乙')
    expect(speaker({ from: { role: 'staff', name: '交警支队1号' } })).toBe('交警支队1号')
  })

  it('tells how long somebody waits', () => {
    const now = new Date('2026-11-30T08:03:10Z')
    expect(waited('2026-11-30T08:00:00Z', now)).toBe('3分钟')
    expect(waited('2026-11-30T08:03:00Z', now)).toBe('不到1分钟')
  })
})

it('what was written while a message was on its way stays', () => {
  expect(unsent('请问丢了几天？', '请问丢了几天？')).toBe('')
  expect(unsent('请问丢了几天？\n请带户口簿。', '请问丢了几天？')).toBe('请带户口簿。')
  expect(unsent('改过了', '请问丢了几天？')).toBe('改过了')
})
