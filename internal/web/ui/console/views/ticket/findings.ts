// Findings of the machine are placed in the text it has read; while somebody goes
// on writing they move with the text, until it has been read again.
import type { Schemas } from '../../api/client'

export type Finding = Schemas['RemarkBody']

/** unitsOf turns a position counted in characters into one of the text field. */
export function unitsOf(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length
}

/** carried are the findings of before that lie outside of what has changed since. */
export function carried(findings: Finding[], before: string, after: string): Finding[] {
  if (before === after) return findings
  const a = [...before]
  const b = [...after]
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && a[head] === b[head]) head++
  let tail = 0
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const moved = b.length - a.length
  return findings.flatMap((f) => {
    if (f.to <= head) return [f]
    if (f.from >= a.length - tail) return [{ ...f, from: f.from + moved, to: f.to + moved }]
    return []
  })
}

/** applied is the text with the suggestion of f in it. */
export function applied(text: string, f: Finding): string {
  const all = [...text]
  return [...all.slice(0, f.from), f.suggestion ?? '', ...all.slice(f.to)].join('')
}

export interface Piece {
  text: string
  severity?: Finding['severity']
}

const weight: Record<Finding['severity'], number> = { block: 0, warn: 1, note: 2 }

/** pieces is the text cut where findings begin and end; the gravest marks what several are about. */
export function pieces(text: string, findings: Finding[]): Piece[] {
  const all = [...text]
  const cuts = new Set([0, all.length])
  for (const f of findings) for (const at of [f.from, f.to]) if (at > 0 && at < all.length) cuts.add(at)
  const edges = [...cuts].sort((a, b) => a - b)
  return edges.slice(1).map((to, i) => {
    const from = edges[i] ?? 0
    const over = findings.filter((f) => f.from <= from && f.to >= to && f.to > f.from).sort((x, y) => weight[x.severity] - weight[y.severity])
    return { text: all.slice(from, to).join(''), severity: over[0]?.severity }
  })
}
