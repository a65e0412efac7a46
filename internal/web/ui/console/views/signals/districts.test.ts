import { expect, test } from 'vitest'
import { type Line, shade, shown } from './districts'

const line = (more: Partial<Line>): Line => ({ district: 'east', name: '城东', received: 0, answered: 0, late: 0, rated: 0, satisfied: 0, signals: 0, ...more })

test('what is too little is said to be so, what is not there is a dash, and nought is nought', () => {
  expect(shown(line({ received: null }), 'received')).toBe('少于 5')
  expect(shown(line({ satisfied: null, rated: null }), 'satisfied')).toBe('少于 5')
  expect(shown(line({}), 'satisfied')).toBe('—')
  expect(shown(line({}), 'received')).toBe('0')
  expect(shown(line({ satisfied: 5, rated: 6 }), 'satisfied')).toBe('83%')
})

test('the most, or the least satisfied, is the darkest; what is not told has no colour', () => {
  const [much, some, few] = [line({ received: 40, rated: 10, satisfied: 10 }), line({ received: 10, rated: 10, satisfied: 5 }), line({ received: null })]
  const all = [much, some, few]
  expect(all.map((l) => shade(all, l, 'received'))).toEqual([4, 1, 0])
  expect(all.map((l) => shade(all, l, 'satisfied'))).toEqual([0, 4, 0])
  expect(shade([line({})], line({}), 'late')).toBe(0)
})
