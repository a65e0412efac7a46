// What districts are compared by.
import type { Schemas } from '../../api/client'

export type Line = Schemas['DistrictLineBody']

export interface Measure {
  id: 'received' | 'signals' | 'late' | 'satisfied'
  name: string
  behind: string // what its list holds
  figure?: string // of reports; without: nothing is listed
  short?: boolean // the list holds what the figure does not count
}

export type MeasureID = Measure['id']

export const measures: Measure[] = [
  { id: 'received', name: '来信', behind: '收到', figure: 'received' },
  { id: 'signals', name: '弱信号', behind: '' },
  { id: 'late', name: '超期答复', behind: '超期答复', figure: 'on_time', short: true },
  { id: 'satisfied', name: '满意率', behind: '满意', figure: 'satisfied' },
]

/** value is what a colour shows; undefined: nothing may be told, or there is nothing. */
function value(l: Line, id: MeasureID): number | undefined {
  if (id !== 'satisfied') return l[id] ?? undefined
  return l.satisfied === null || !l.rated ? undefined : l.satisfied / l.rated
}

/** shown is how a number reads. */
export function shown(l: Line, id: MeasureID): string {
  const n = value(l, id)
  if (l[id] === null) return '少于 5'
  if (n === undefined) return '—'
  return id === 'satisfied' ? `${Math.round(n * 100)}%` : String(n)
}

/** shade is how dark a district is, 0 to 4: of what is bad, or much, the darker. */
export function shade(lines: Line[], l: Line, id: MeasureID): number {
  const weight = (x: Line) => {
    const n = value(x, id)
    return n === undefined ? 0 : id === 'satisfied' ? 1 - n : n
  }
  const most = Math.max(...lines.map(weight))
  return most > 0 ? Math.ceil((weight(l) / most) * 4) : 0
}
