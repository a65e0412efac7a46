// The periods reports are made for: 2026-10, 2026-Q4, 2026.
export type Step = 'month' | 'quarter' | 'year'

export interface Period {
  step: Step
  year: number
  part: number // month 1–12 or quarter 1–4; of a year 1
}

const parts: Record<Step, number> = { month: 12, quarter: 4, year: 1 }

/** parse reads a period as the server writes it; undefined: it is none. */
export function parse(text: string): Period | undefined {
  const found = /^(\d{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?$/.exec(text)
  if (!found) return undefined
  const [, year, quarter, month] = found
  if (quarter) return { step: 'quarter', year: Number(year), part: Number(quarter) }
  if (month) return { step: 'month', year: Number(year), part: Number(month) }
  return { step: 'year', year: Number(year), part: 1 }
}

export function text(p: Period): string {
  if (p.step === 'year') return String(p.year)
  return p.step === 'quarter' ? `${p.year}-Q${p.part}` : `${p.year}-${String(p.part).padStart(2, '0')}`
}

/** name is a period as people say it. */
export function name(p: Period): string {
  if (p.step === 'year') return `${p.year}年`
  return p.step === 'quarter' ? `${p.year}年第${'一二三四'[p.part - 1]}季度` : `${p.year}年${p.part}月`
}

/** shift is the period n steps later, or earlier. */
export function shift(p: Period, n: number): Period {
  const size = parts[p.step]
  const at = p.year * size + (p.part - 1) + n
  return { step: p.step, year: Math.floor(at / size), part: (((at % size) + size) % size) + 1 }
}

/** at is the period of a step that a day (YYYY-MM-DD) lies in. */
export function at(step: Step, day: string): Period {
  const month = Number(day.slice(5, 7))
  return { step, year: Number(day.slice(0, 4)), part: step === 'month' ? month : step === 'quarter' ? Math.ceil(month / 3) : 1 }
}

/** until is the run of n periods that ends with p, oldest first. */
export const until = (p: Period, n: number): Period[] => Array.from({ length: n }, (_, i) => shift(p, i - n + 1))
