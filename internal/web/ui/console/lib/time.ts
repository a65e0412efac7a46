// Times are shown as a clock in Beijing shows them, wherever the browser is.
const zone = 'Asia/Shanghai'

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hourCycle: 'h23', ...options })
const dayOnly = format({ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' })
const shortDay = format({ month: 'numeric', day: 'numeric' })
const longDay = format({ year: 'numeric', month: 'numeric', day: 'numeric' })
const clock = format({ hour: '2-digit', minute: '2-digit' })
const iso = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

type Time = string | Date

const at = (t: Time) => (t instanceof Date ? t : new Date(t))

/** isoDay is the day in Beijing as YYYY-MM-DD. */
export const isoDay = (t: Time) => iso.format(at(t))

export const fullDay = (t: Time) => dayOnly.format(at(t))

export const clockTime = (t: Time) => clock.format(at(t))

/** moment is a time as short as it is clear: today without the day, this year without the year. */
export function moment(t: Time, now: Date): string {
  if (isoDay(t) === isoDay(now)) return `今天 ${clockTime(t)}`
  if (isoDay(t) === isoDay(new Date(now.getTime() - day))) return `昨天 ${clockTime(t)}`
  const date = isoDay(t).slice(0, 4) === isoDay(now).slice(0, 4) ? shortDay.format(at(t)) : longDay.format(at(t))
  return `${date} ${clockTime(t)}`
}

/** due is a date with how far away it is. */
export function due(t: Time, now: Date): string {
  const left = at(t).getTime() - now.getTime()
  const span = spanOf(Math.abs(left))
  return left < 0 ? `已超 ${span}` : `还有 ${span}`
}

function spanOf(ms: number): string {
  if (ms < hour) return `${Math.max(1, Math.round(ms / minute))} 分钟`
  if (ms < day) return `${Math.round(ms / hour)} 小时`
  return `${Math.round(ms / day)} 天`
}

/** How near a date is, for its colour; never the colour alone: the words say it too. */
export type Nearness = 'past' | 'today' | 'soon' | 'far'

export function nearness(t: Time, now: Date): Nearness {
  const left = at(t).getTime() - now.getTime()
  if (left < 0) return 'past'
  if (isoDay(t) === isoDay(now)) return 'today'
  return left < 2 * day ? 'soon' : 'far'
}
