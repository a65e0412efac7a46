import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rested } from './rested'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what changes fast is looked at once, when it rests', async () => {
  const text = ref('a')
  const scope = effectScope()
  const seen = scope.run(() => rested(text, () => text.value, 100))!
  expect(seen.value).toBe('a')
  text.value = 'ab'
  await nextTick()
  vi.advanceTimersByTime(60)
  text.value = 'abc'
  await nextTick()
  vi.advanceTimersByTime(60)
  expect(seen.value).toBe('a')
  vi.advanceTimersByTime(40)
  expect(seen.value).toBe('abc')
  scope.stop()
})

test('nothing is looked at once the page is left', async () => {
  const text = ref('a')
  const scope = effectScope()
  const seen = scope.run(() => rested(text, () => text.value, 100))!
  text.value = 'b'
  await nextTick()
  scope.stop()
  vi.runAllTimers()
  expect(seen.value).toBe('a')
})
