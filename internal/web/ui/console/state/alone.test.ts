import { QueryClient, useQuery, VueQueryPlugin } from '@tanstack/vue-query'
import { afterEach, expect, test, vi } from 'vitest'
import { createApp, h } from 'vue'
import { alone, live } from './live'

afterEach(() => {
  vi.useRealTimers()
  live.up.value = false
})

test('a list asks again by itself as soon as nobody tells it of changes, and only then', async () => {
  vi.useFakeTimers()
  live.up.value = true
  let asked = 0
  const list = () => {
    useQuery({ queryKey: ['list'], queryFn: () => ++asked, refetchInterval: alone(5_000) })
    return () => h('p')
  }
  const app = createApp({ setup: list }).use(VueQueryPlugin, { queryClient: new QueryClient() })
  app.mount(document.createElement('div'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(1)
  live.up.value = false
  await vi.advanceTimersByTimeAsync(10_500)
  expect(asked).toBe(3)
  live.up.value = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(3)
  app.unmount()
})
