// Where signals have been raised lately, district by district and week by week.
import type { Schemas } from '../../api/client'
import { monday, plusDays } from '../../lib/local'
import { isoDay } from '../../lib/time'

type Signal = Pick<Schemas['SignalBody'], 'district' | 'raised_at' | 'restricted'>

export interface Row {
  district: string
  weeks: number[] // oldest first
  sum: number
}

/** mondays are the first days of n weeks, oldest first, the last that of now. */
export const mondays = (now: Date, n: number): string[] => Array.from({ length: n }, (_, i) => plusDays(monday(isoDay(now)), -7 * (n - 1 - i)))

/** heat counts signals; those raised by reports (举报) are in no figure. */
export function heat(signals: Signal[], weeks: string[]): Row[] {
  const rows = new Map<string, number[]>()
  for (const s of signals) {
    const at = weeks.filter((w) => w <= isoDay(s.raised_at)).length - 1
    if (s.restricted || at < 0) continue
    const row = rows.get(s.district) ?? weeks.map(() => 0)
    row[at]! += 1
    rows.set(s.district, row)
  }
  return [...rows]
    .map(([district, counts]) => ({ district, weeks: counts, sum: counts.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.sum - a.sum || a.district.localeCompare(b.district))
}
