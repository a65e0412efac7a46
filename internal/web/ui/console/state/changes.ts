// What the server says has changed is asked for again: soon, but not each time a
// busy desk changes something.
import type { QueryClient } from '@tanstack/vue-query'
import { live, type Frame } from './live'

const soon = 1_000
const pause = 10_000

/** What is read from a topic beside the lists named like it. */
const beside: Record<string, string[]> = {
  tickets: ['ticket', 'newest', 'callbacks', 'appeals'],
  channels: ['deliveries', 'inbound', 'webhooks', 'robots'],
}

const still = new Set(['tickets', 'ticket'])

/** refresher asks for changed topics again, the first time soon and then after a pause. */
export function refresher(ask: (keys: string[]) => void, after: (ms: number, run: () => void) => void, random: () => number) {
  const waiting = new Set<string>()
  let busy = false
  const run = () => {
    if (waiting.size === 0) return void (busy = false)
    ask([...waiting])
    waiting.clear()
    after(pause * (1 + random() / 2), run)
  }
  return (topics: string[]) => {
    for (const t of topics) for (const key of [t, ...(beside[t] ?? [])]) waiting.add(key)
    waiting.add('views')
    if (busy) return
    busy = true
    after(soon * (0.5 + random()), run) // many consoles hear of it at once
  }
}

/** followChanges keeps what is on the page current until the returned function is called. */
export function followChanges(queries: QueryClient): () => void {
  const changed = refresher(
    // What somebody looks at is not moved under their hands: see useTickets and useNewer.
    (keys) => keys.forEach((key) => void queries.invalidateQueries({ queryKey: [key], refetchType: still.has(key) ? 'none' : 'active' })),
    (ms, run) => setTimeout(run, ms),
    Math.random,
  )
  const off = live.on('changed', (f: Frame) => changed(Array.isArray(f.topics) ? f.topics.map(String) : []))
  live.start()
  return () => {
    off()
    live.stop()
  }
}
