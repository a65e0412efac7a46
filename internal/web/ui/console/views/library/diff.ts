// What changed from one short text to another, character by character.
export interface Span {
  before: string
  after: string // the same in both: nothing changed here
}

/** compare returns spans that are, in order, both texts. */
export function compare(before: string, after: string): Span[] {
  const a = [...before]
  const b = [...after]
  const same = common(a, b)
  const spans: Span[] = []
  let i = 0
  let j = 0
  const put = (x: string, y: string, kept: boolean) => {
    const last = spans[spans.length - 1]
    if (last && (last.before === last.after) === kept) spans[spans.length - 1] = { before: last.before + x, after: last.after + y }
    else spans.push({ before: x, after: y })
  }
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) put(a[i++]!, b[j++]!, true)
    else if (j >= b.length || (i < a.length && same[i + 1]![j]! >= same[i]![j + 1]!)) put(a[i++]!, '', false)
    else put('', b[j++]!, false)
  }
  return spans
}

/** common is how long the longest common part of what follows two places is. */
function common(a: string[], b: string[]): Uint16Array[] {
  const n = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) n[i]![j] = a[i] === b[j] ? n[i + 1]![j + 1]! + 1 : Math.max(n[i + 1]![j]!, n[i]![j + 1]!)
  }
  return n
}
