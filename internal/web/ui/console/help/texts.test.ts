import { expect, test } from 'vitest'
import { views } from '../views'
import { helpOf } from './texts'

test('every view explains itself, and no help is left of a view that is gone', () => {
  expect(Object.keys(helpOf).sort()).toEqual(views.map((v) => v.name).sort())
})

test('help is short', () => {
  for (const [name, help] of Object.entries(helpOf)) {
    expect(help.how.length, name).toBeLessThanOrEqual(4)
    for (const line of [help.what, ...help.how]) expect(line.length, line).toBeLessThanOrEqual(80)
  }
})
