// What came of calling somebody back, as the server wants to hear it.
import type { Schemas } from '../../api/client'

type Body = Schemas['CallInputBody']

export interface Heard {
  result: '' | Body['result']
  score: number // 0: not said
  solved: boolean
  reasons: string[]
  words: string
  then: '' | NonNullable<Body['then']>
  note: string
}

const worstGood = 3

/** discontent reports whether something has to follow: rated is what the citizen rated before, 0: not yet. */
export function discontent(h: Heard, rated: number, solved: boolean): boolean {
  if (!h.result) return false
  if (rated) return rated < worstGood || !solved
  return h.result === 'reached' && h.score > 0 && (h.score < worstGood || !h.solved)
}

/** complete reports whether everything that is needed was said. */
export function complete(h: Heard, rated: number, unhappy: boolean): boolean {
  if (!h.result || (h.result === 'reached' && !rated && !h.score)) return false
  if (!unhappy || h.result === 'no_answer') return true // the last call in vain needs it too: the server knows which that is
  return h.then === 'redo' || (h.then === 'explain' && h.note.trim() !== '')
}

/** body leaves out what the result has no room for. */
export function body(h: Heard, version: number, rated: number, unhappy: boolean): Body {
  const said = h.result === 'reached' && !rated
  return {
    version,
    result: h.result as Body['result'],
    ...(said ? { score: h.score, solved: h.solved, reasons: h.reasons, words: h.words.trim() } : {}),
    ...(unhappy && h.then ? { then: h.then, note: h.note.trim() } : {}),
  }
}
