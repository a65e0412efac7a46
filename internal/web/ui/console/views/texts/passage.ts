// Passages of a text. The server counts characters (code points), a page counts
// UTF-16 units.
export interface Passage {
  from: number // first character
  to: number // behind the last one
  quote: string
}

/** What is said about one. */
export type Comment = Passage & { text: string }

const characters = (text: string) => [...text].length

/** passageAt is what stands between two positions of a page's text. */
export function passageAt(body: string, start: number, end: number): Passage | undefined {
  const quote = body.slice(start, end)
  if (!quote.trim()) return undefined
  const from = characters(body.slice(0, start))
  return { from, to: from + characters(quote), quote }
}

/** find is where a quotation stands: at a place if it stands there, else where it stands first. */
export function find(body: string, quote: string, near?: Passage): Passage | undefined {
  if (near && near.quote === quote && passageQuote(body, near) === quote) return near
  const at = quote.trim() ? body.indexOf(quote) : -1
  return at < 0 ? undefined : passageAt(body, at, at + quote.length)
}

const passageQuote = (body: string, p: Passage) => [...body].slice(p.from, p.to).join('')

export interface Segment {
  text: string
  marked: boolean
}

/** segments cuts a text where passages begin and end. */
export function segments(body: string, passages: { from: number; to: number }[]): Segment[] {
  const all = [...body]
  const cuts = [...new Set([0, all.length, ...passages.flatMap((p) => [p.from, p.to])])].filter((n) => n >= 0 && n <= all.length).sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, i) => ({
    text: all.slice(from, cuts[i + 1]).join(''),
    marked: passages.some((p) => p.from <= from && from < p.to),
  }))
}
