import type { Schemas } from '../../api/client'

type Rule = Schemas['DueRule']

/** byPurpose puts rules that bound the same wait together, in their order. */
export function byPurpose(rules: Rule[]): { purpose: string; rules: Rule[] }[] {
  const groups = new Map<string, Rule[]>()
  for (const r of rules) groups.set(r.purpose, [...(groups.get(r.purpose) ?? []), r])
  return [...groups].map(([purpose, of]) => ({ purpose, rules: of }))
}

/** certainty says how sure a rule is; empty: its source was read. */
export const certainty = (code: Rule['certainty']): string => (code ? { S: '', S2: '依二手资料', M: '待核实', D: '默认值' }[code] : '')

/** percent is a probability as it reads; empty: the rules alone say so. */
export const percent = (p: number): string => (p > 0 ? `${Math.round(p * 100)}%` : '')
