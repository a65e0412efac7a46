import { expect, test } from 'vitest'
import { refresher } from './changes'

test('a burst of changes is asked for once soon, and once more after a pause', () => {
  const asked: string[][] = []
  const timers: { ms: number; run: () => void }[] = []
  const changed = refresher((keys) => asked.push(keys), (ms, run) => timers.push({ ms, run }), () => 0)
  changed(['reviews'])
  changed(['tickets'])
  expect(timers).toHaveLength(1)
  timers.shift()!.run()
  expect(asked).toHaveLength(1)
  expect(asked[0]).toEqual(expect.arrayContaining(['reviews', 'tickets', 'ticket', 'views']))
  changed(['reviews'])
  expect(timers).toHaveLength(1)
  expect(timers[0]!.ms).toBeGreaterThan(5_000)
  timers.shift()!.run()
  expect(asked).toHaveLength(2)
  timers.shift()!.run()
  expect(asked).toHaveLength(2)
  changed(['signals'])
  expect(timers).toHaveLength(1)
})
