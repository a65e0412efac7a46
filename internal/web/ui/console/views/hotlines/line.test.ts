import { expect, test } from 'vitest'
import { proposed } from './line'

test('what is proposed is the line alone, and an unpublished number is said to be empty', () => {
  const shown = { id: 'gang', number: ' ', name: '涉黑举报 ', use: '举报', group: 'report' as const, hours: '', closed: false, on_duty: ['anna'] }
  expect(proposed(shown)).toEqual({ id: 'gang', number: '', name: '涉黑举报', use: '举报', group: 'report' })
  expect(proposed({ ...shown, closed: true })).toMatchObject({ closed: true })
})
