// A week of duty as a grid: who is on duty for whom on which day, and when nobody is.
import type { Schemas } from '../../api/client'
import { instant, plusDays } from '../../lib/local'
import { clockTime } from '../../lib/time'

export type Term = Schemas['TermBody']
type Gap = Schemas['GapBody']

export interface Cell {
  day: string
  shifts: { term: Term; hours: string }[]
  gaps: string[] // hours
}

export interface Row {
  target: string // unit id, or post:<id>
  cells: Cell[]
}

export const targetOf = (t: Term): string => (t.post ? `post:${t.post}` : (t.unit ?? ''))

/** hoursOn are the hours of a span on a day in Beijing; empty: none. */
export function hoursOn(day: string, from: string, to?: string): string {
  const begin = Date.parse(instant(day))
  const end = Date.parse(instant(plusDays(day, 1)))
  const a = Math.max(Date.parse(from), begin)
  const b = Math.min(to ? Date.parse(to) : end, end)
  if (a >= b) return ''
  if (a === begin && b === end) return '全天'
  return `${clockTime(new Date(a))}–${b === end ? '24:00' : clockTime(new Date(b))}`
}

/** week is the grid of seven days; targets in the order they are first met. */
export function week(terms: Term[], gaps: Gap[], first: string): Row[] {
  const days = Array.from({ length: 7 }, (_, i) => plusDays(first, i))
  const targets = [...new Set([...terms.map(targetOf), ...gaps.map((g) => g.target)])].sort()
  return targets.map((target) => ({
    target,
    cells: days.map((day) => ({
      day,
      shifts: terms.filter((t) => targetOf(t) === target).flatMap((term) => ({ term, hours: hoursOn(day, term.from, term.to) })).filter((s) => s.hours),
      gaps: gaps.filter((g) => g.target === target).map((g) => hoursOn(day, g.from, g.to)).filter(Boolean),
    })),
  }))
}
