// What is counted of a unit's unanswered tickets, and what of it is grave.
import type { Schemas } from '../../api/client'

export type Watch = Schemas['UnitWatchBody']
const aspects = ['open', 'due_today', 'overdue', 'urged', 'supervised', 'silent', 'returned', 'yellow', 'red'] as const
export type Aspect = (typeof aspects)[number]

/** Chosen is a figure whose tickets are looked at; an empty unit: of all. */
export interface Chosen {
  unit: string
  aspect: Aspect
}

export const isAspect = (text: unknown): text is Aspect => aspects.some((a) => a === text)

export const counts = (u: Omit<Watch, 'unit'>): Record<Aspect, number> => u

export const grave = (a: Aspect) => a === 'overdue' || a === 'silent' || a === 'red'

/** sum is all units together, with the earliest of their dates. */
export function sum(units: Watch[]): Omit<Watch, 'unit'> {
  const total = Object.fromEntries(aspects.map((a) => [a, units.reduce((n, u) => n + u[a], 0)])) as Record<Aspect, number>
  const dates = units.flatMap((u) => u.oldest_due_at ?? []).sort()
  return { ...total, oldest_due_at: dates[0] }
}
