// What of the library stands in a reply: put there from beside it, and noted as long
// as something of it is left.
import type { Schemas } from '../../api/client'
import { sentences } from '../../lib/diff'

export type Entry = Schemas['EntryBody']

export interface Quote {
  entry: string
  version: number
  text?: string // that was put in; absent: it was saved before
}

/** standing are the quotes of which a sentence is left in the text, each version once. */
export function standing(quotes: Quote[], text: string): Quote[] {
  const left = quotes.filter((q) => q.text === undefined || sentences(q.text).some((s) => s.trim().length > 1 && text.includes(s.trim())))
  return left.filter((q, i) => left.findIndex((o) => o.entry === q.entry && o.version === q.version) === i)
}

/** sameQuotes reports whether two lists name the same versions. */
export const sameQuotes = (a: Quote[], b: Quote[]) => a.length === b.length && a.every((q) => b.some((o) => o.entry === q.entry && o.version === q.version))

/** citation names what an entry rests on. */
export const citation = (e: Pick<Entry, 'basis'>) => e.basis.map((b) => `《${b.title || b.document}》${b.article ?? ''}`).join('、')

/** paragraph is words as they go between two texts: in lines of their own. */
export function paragraph(before: string, words: string, after: string): string {
  return `${before === '' || before.endsWith('\n') ? '' : '\n'}${words.trim()}${after === '' || after.startsWith('\n') ? '' : '\n'}`
}
