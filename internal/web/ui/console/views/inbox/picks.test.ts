import { expect, test } from 'vitest'
import { ref } from 'vue'
import { mostPicked, usePicks } from './picks'

const list = (n: number) => ref(Array.from({ length: n }, (_, i) => `t${i}`))

test('a range goes from the last ticked row to this one, either way', () => {
  const { picked, toggle } = usePicks(list(6))
  toggle('t4', false)
  toggle('t2', true)
  expect([...picked.value].sort()).toEqual(['t2', 't3', 't4'])
  toggle('t3', false)
  expect([...picked.value].sort()).toEqual(['t2', 't4'])
})

test('a range without a beginning is the row alone', () => {
  const { picked, toggle } = usePicks(list(6))
  toggle('t3', true)
  expect([...picked.value]).toEqual(['t3'])
})

test('more than can be done at once is not ticked', () => {
  const { picked, toggle, all } = usePicks(list(mostPicked + 5))
  all(true)
  expect(picked.value.size).toBe(mostPicked)
  expect(toggle(`t${mostPicked + 1}`, false)).toBe(false)
  expect(picked.value.size).toBe(mostPicked)
})

test('what was dealt with is ticked no more', () => {
  const { picked, all, keep } = usePicks(list(3))
  all(true)
  keep(['t1', 'gone'])
  expect([...picked.value]).toEqual(['t1'])
})
