import { describe, expect, it } from 'vitest'
import { anchor, asQuery, fromURL, grouped, pageOf, subjectQuery, telling, type Verification } from './audit'

describe('what is looked for', () => {
  it('is read from the address, without what makes no sense', () => {
    expect(fromURL({ subject: ' 251130-0001-2345 ', from: '2026-13-01', to: 'x', page: '2', actor: '' })).toEqual({ subject: '251130-0001-2345' })
  })
  it('includes the whole of the last day in Beijing', () => {
    expect(asQuery({ from: '2026-11-29', to: '2026-11-30', action: 'user.add,user.change' })).toEqual({
      subject: undefined, actor: undefined, action: ['user.add', 'user.change'], from: '2026-11-29T00:00:00+08:00', to: '2026-12-01T00:00:00+08:00',
    })
  })
  it('is found again by its subject', () => {
    expect(subjectQuery({ kind: 'ticket', id: '0194', number: '251130-0001-2345' })).toBe('251130-0001-2345')
    expect(subjectQuery({ kind: 'review', id: '0194' })).toBe('review/0194')
    expect(subjectQuery({ kind: '' })).toBe('')
  })
})

describe('the page of a subject', () => {
  const ticket = { kind: 'ticket', id: '0194', number: '251130-0001-2345' }
  it('opens for who may open it', () => {
    expect(pageOf(ticket, (r) => r === 'tickets')).toBe('/tickets/251130-0001-2345')
    expect(pageOf({ kind: 'review', id: '7' }, (r) => r === 'drafts')).toBe('/reviews/7')
  })
  it('is not offered to others, nor where there is none', () => {
    expect(pageOf(ticket, () => false)).toBe('')
    expect(pageOf({ kind: 'ticket', id: '0194' }, () => true)).toBe('')
    expect(pageOf({ kind: '' }, () => true)).toBe('')
    expect(pageOf({ kind: 'calendar' }, () => true)).toBe('')
  })
})

it('ids and hashes are for who opens an entry', () => {
  const detail = (text: string) => ({ code: 'x', name: 'x', value: text, text })
  const told = telling(['', '01a20643-161f-7003-8ef9-ae0cf7df6b66', '交警支队', '127.0.0.0/24', '251130-0001-2345'].map(detail))
  expect(told.map((d) => d.text)).toEqual(['交警支队', '127.0.0.0/24', '251130-0001-2345'])
})

it('actions are grouped in their order', () => {
  const word = (code: string, group: string) => ({ code, name: code, group })
  expect(grouped([word('a', '来信'), word('b', '账号'), word('c', '来信')]).map((g) => [g.group, g.actions.map((a) => a.code).join('')])).toEqual([['来信', 'ac'], ['账号', 'b']])
})

it('the ends of chains are noted down a line each', () => {
  expect(anchor({ lanes: [{ lane: 0, entries: 3, hash: 'ab' }, { lane: 1, entries: 0, hash: '' }] } as unknown as Verification)).toBe('0 3 ab\n1 0 \n')
})
