import { beforeEach, expect, test } from 'vitest'
import { draftOf, dropDrafts } from './draft'

beforeEach(() => sessionStorage.clear())

test('what was written is there after a reload, for the same person and subject only', () => {
  draftOf('anna', 'reply/1').write({ text: '您好' })
  expect(draftOf('anna', 'reply/1').read()).toEqual({ text: '您好' })
  expect(draftOf('anna', 'reply/2').read()).toBeUndefined()
  expect(draftOf('berta', 'reply/1').read()).toBeUndefined()
})

test('signing out drops what that person wrote and nothing else', () => {
  draftOf('anna', 'reply/1').write('a')
  draftOf('berta', 'reply/1').write('b')
  sessionStorage.setItem('other', 'c')
  dropDrafts('anna')
  expect(draftOf('anna', 'reply/1').read()).toBeUndefined()
  expect(draftOf('berta', 'reply/1').read()).toBe('b')
  expect(sessionStorage.getItem('other')).toBe('c')
})

test('what cannot be read is no draft', () => {
  sessionStorage.setItem('draft/anna/reply/1', '{')
  expect(draftOf('anna', 'reply/1').read()).toBeUndefined()
})
