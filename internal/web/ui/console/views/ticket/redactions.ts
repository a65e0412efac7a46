// What is hidden in what the public reads.
import type { Schemas } from '../../api/client'

export type Disclosure = Schemas['DisclosureBody']
export type Redaction = Schemas['RedactionBody']
type Mark = Schemas['MarkBody']

export const parts = { title: '标题', asked: '来信', body: '答复' } as const

/** surroundings are the passage with a few characters before and behind it. */
export function surroundings(d: Disclosure, r: Redaction): { before: string; passage: string; behind: string } {
  const near = 16
  const all = [...d.source[r.part]]
  return { before: all.slice(Math.max(0, r.from - near), r.from).join(''), passage: r.passage, behind: all.slice(r.to, r.to + near).join('') }
}

/** marksOf finds every place where words stand and nothing is hidden yet. */
export function marksOf(d: Disclosure, words: string, instead: string): Mark[] {
  const wanted = [...words]
  const marks: Mark[] = []
  for (const part of Object.keys(parts) as (keyof typeof parts)[]) {
    const all = [...d.source[part]]
    for (let from = 0; wanted.length > 0 && from + wanted.length <= all.length; from++) {
      const to = from + wanted.length
      if (!wanted.every((c, i) => all[from + i] === c)) continue
      if (!d.redactions.some((r) => r.part === part && r.from < to && r.to > from)) marks.push({ part, from, to, ...(instead && { with: instead }) })
      from = to - 1
    }
  }
  return marks
}
