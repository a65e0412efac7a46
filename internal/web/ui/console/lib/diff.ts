// What changed from one text to another, and what two people have made of the same.
export interface Span {
  before: string
  after: string // the same in both: nothing changed here
}

/** compare returns spans that are, in order, both texts, character by character. */
export const compare = (before: string, after: string): Span[] => spans([...before], [...after])

/** bySentence does the same sentence by sentence: what changed can be read. */
export const bySentence = (before: string, after: string): Span[] => spans(sentences(before), sentences(after))

/** sentences of a text with their ends, so that joined they are the text again. */
export const sentences = (text: string): string[] => text.match(/[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+$/g) ?? []

function spans(a: string[], b: string[]): Span[] {
  const found: Span[] = []
  let [i, j] = [0, 0]
  const put = (x: string, y: string, kept: boolean) => {
    const last = found.at(-1)
    if (last && (last.before === last.after) === kept) found[found.length - 1] = { before: last.before + x, after: last.after + y }
    else if (x || y) found.push({ before: x, after: y })
  }
  for (const [x, y] of [...common(a, b), [a.length, b.length] as const]) {
    if (i < x || j < y) put(a.slice(i, x).join(''), b.slice(j, y).join(''), false)
    if (x < a.length) put(a[x]!, b[y]!, true)
    ;[i, j] = [x + 1, y + 1]
  }
  return found
}

/** common are the places of the longest common part. */
function common(a: string[], b: string[]): (readonly [number, number])[] {
  const n = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) n[i]![j] = a[i] === b[j] ? n[i + 1]![j + 1]! + 1 : Math.max(n[i + 1]![j]!, n[i]![j + 1]!)
  }
  const places: (readonly [number, number])[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) places.push([i++, j++])
    else if (n[i + 1]![j]! >= n[i]![j + 1]!) i++
    else j++
  }
  return places
}

/**
 * merged is what two people have made of a text in one: every sentence that only one
 * of them touched is as that one left it. Where both changed the same place, theirs
 * and mine follow each other, and clash says so: somebody has to read it.
 */
export function merged(base: string, theirs: string, mine: string): { text: string; clash: boolean } {
  const [was, x, y] = [sentences(base), sentences(theirs), sentences(mine)]
  const [inX, inY] = [new Map(common(was, x)), new Map(common(was, y))]
  let [text, clash] = ['', false]
  let [i, j, k] = [0, 0, 0]
  const take = (toI: number, toJ: number, toK: number) => {
    const [b, t, m] = [was.slice(i, toI).join(''), x.slice(j, toJ).join(''), y.slice(k, toK).join('')]
    if (t === b || t === m) text += m
    else if (m === b) text += t
    else [text, clash] = [text + t + m, true]
    ;[i, j, k] = [toI, toJ, toK]
  }
  for (let at = 0; at < was.length; at++) {
    const [atX, atY] = [inX.get(at), inY.get(at)]
    if (atX === undefined || atY === undefined) continue
    take(at, atX, atY)
    take(at + 1, atX + 1, atY + 1)
  }
  take(was.length, x.length, y.length)
  return { text, clash }
}
