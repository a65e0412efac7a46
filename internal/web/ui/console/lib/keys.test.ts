import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { sheet, useKeys, type Keys } from './keys'

let wrapper: ReturnType<typeof mount> | undefined
afterEach(() => wrapper?.unmount())

function page(keys: Keys, html = '<input id="field"><input id="tick" type="checkbox"><a id="link" href="#">x</a>') {
  wrapper = mount({ setup: () => useKeys(keys), template: `<div>${html}</div>` }, { attachTo: document.body })
  return wrapper
}

function press(key: string, on: EventTarget = document.body, more: KeyboardEventInit = {}) {
  on.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }))
}

test('a key acts, but not what is typed into a field', () => {
  let n = 0
  page({ j: () => n++ })
  press('j')
  press('j', document.querySelector('#field')!)
  expect(n).toBe(1)
  press('j', document.querySelector('#tick')!)
  expect(n).toBe(2)
})

test('two keys one after the other are one command, and not the second key alone', () => {
  const did: string[] = []
  page({ 'g r': () => did.push('g r'), r: () => did.push('r') })
  press('g')
  press('r')
  press('r')
  expect(did).toEqual(['g r', 'r'])
})

test('Enter is left to a link that has the focus', () => {
  let n = 0
  page({ Enter: () => n++ })
  press('Enter', document.querySelector('#link')!)
  expect(n).toBe(0)
  press('Enter')
  expect(n).toBe(1)
})

test('what is on the page is listed, and gone with it', () => {
  page({ j: { does: '下一件', act: () => {} }, 'ctrl+k': () => {} })
  expect(sheet()).toEqual([{ key: 'j', does: '下一件' }])
  wrapper!.unmount()
  expect(sheet()).toEqual([])
})
