import { expect, test } from 'vitest'
import { asked, changed, fromURL, fromView, narrowed, shows } from './filter'

test('an address is read for what is a filter, and nothing else', () => {
  expect(fromURL({ mine: 'true', q: ' 路灯 ', cursor: 'x', kind: ['a', 'b'], district: '' })).toEqual({ mine: 'true', q: '路灯' })
})

test('the server is asked in its own types', () => {
  expect(asked({ status: 'received,accepted', mine: 'true', co: 'no', q: '路灯' })).toEqual({
    status: ['received', 'accepted'], mine: true, q: '路灯', co: undefined, kind: undefined, supervised: undefined, unassigned: undefined,
  })
})

test('a narrowed view is still that view', () => {
  const view = fromView('aspect=open&mine=true')
  const wanted = changed(changed(view, 'district', 'nan'), 'sort', 'created')
  expect(shows(wanted, view)).toBe(true)
  expect(narrowed(wanted)).toBe(true)
  expect(narrowed(view)).toBe(false)
  expect(shows(changed(wanted, 'aspect', 'overdue'), view)).toBe(false)
})

test('what is emptied is gone from the address', () => {
  expect(changed({ q: '路灯', sort: 'due' }, 'q', '')).toEqual({ sort: 'due' })
})
