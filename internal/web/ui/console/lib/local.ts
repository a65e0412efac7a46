// Days and times as people write them, as in Beijing: 2026-11-30 and 2026-11-30T08:00.
import { clockTime, isoDay } from './time'

/** instant is a time written into a field, for the server. */
export const instant = (local: string): string => `${local.length === 10 ? `${local}T00:00` : local}:00+08:00`

/** local is a time as a field shows it. */
export const local = (t: string | Date): string => `${isoDay(t)}T${clockTime(t)}`

/** plusDays is the day n days after a day. */
export function plusDays(day: string, n: number): string {
  const at = new Date(`${day}T12:00:00Z`)
  at.setUTCDate(at.getUTCDate() + n)
  return at.toISOString().slice(0, 10)
}

/** monday is the first day of the week a day lies in. */
export function monday(day: string): string {
  return plusDays(day, -((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7))
}

export const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T12:00:00Z`)) && plusDays(text, 0) === text
