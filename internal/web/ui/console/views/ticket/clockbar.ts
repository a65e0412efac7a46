// Where things lie on the bar of a clock, in parts of its length.
import type { Schemas } from '../../api/client'

export type Clock = Schemas['FullClockView']

export interface Span {
  from: number
  to: number
}

export interface Bar {
  used: Span[] // counted time that has gone by
  paused: Span[]
  ticks: { at: number; step: Clock['steps'][number] }[] // warnings before the date
  due: number
}

/** barOf spans from the start of a clock to its date, or to now where that has passed. */
export function barOf(c: Clock, now: Date): Bar {
  const start = Date.parse(c.started_at)
  const due = Date.parse(c.due_at)
  const until = Math.min(c.met_at ? Date.parse(c.met_at) : now.getTime(), c.superseded ? due : Infinity)
  const end = Math.max(due, until, start + 1)
  const place = (t: number) => Math.min(1, Math.max(0, (t - start) / (end - start)))
  const paused = c.pauses.map((p) => ({ from: place(Date.parse(p.from)), to: place(p.to ? Date.parse(p.to) : until) }))
  const used: Span[] = []
  let from = 0
  for (const p of [...paused].sort((a, b) => a.from - b.from)) {
    if (p.from > from) used.push({ from, to: p.from })
    from = Math.max(from, p.to)
  }
  if (place(until) > from) used.push({ from, to: place(until) })
  return {
    used,
    paused,
    ticks: c.steps.filter((s) => Date.parse(s.at) < due).map((step) => ({ at: place(Date.parse(step.at)), step })),
    due: place(due),
  }
}

/** counted are the days of an explanation, those in a row that do not count folded into one line. */
export function folded(lines: Clock['explain']): { date: string; until?: string; text: string; counts: boolean }[] {
  const out: { date: string; until?: string; text: string; counts: boolean }[] = []
  for (const line of lines) {
    const counts = !line.text.includes('不计入')
    const last = out.at(-1)
    if (last && !counts && !last.counts && last.text.replace(/星期./, '') === line.text.replace(/星期./, '') && last.date !== lines[0]?.date) {
      last.until = line.date
      continue
    }
    out.push({ date: line.date, text: line.text, counts })
  }
  return out
}

/** running first, the nearest date before the others; what is over, apart. */
export function sorted(clocks: Clock[]): { open: Clock[]; over: Clock[] } {
  const open = clocks.filter((c) => c.state !== 'over' && !c.superseded).sort((a, b) => a.due_at.localeCompare(b.due_at))
  return { open, over: clocks.filter((c) => !open.includes(c)) }
}
