import { expect, test } from 'vitest'
import { byPurpose, certainty, percent } from './rules'

test('rules of one wait stand together, in the order of the file', () => {
  const rule = (id: string, purpose: string) => ({ id, name: id, purpose, budget: '', for: [], pauses: [] })
  expect(byPurpose([rule('a', '答复'), rule('b', '签收'), rule('c', '答复')]).map((g) => [g.purpose, g.rules.map((r) => r.id)])).toEqual([
    ['答复', ['a', 'c']],
    ['签收', ['b']],
  ])
})

test('what is not sure is said, what is has no words', () => {
  expect([certainty('S'), certainty('M'), certainty(undefined)]).toEqual(['', '待核实', ''])
  expect([percent(0), percent(0.826)]).toEqual(['', '83%'])
})
