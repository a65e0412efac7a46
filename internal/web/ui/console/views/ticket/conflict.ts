// Two people have written the same reply: their texts are laid side by side,
// sentence by sentence.

export interface Sentence {
  text: string
  same: boolean
}

/** sentences of a text with their ends, so that joined they are the text again. */
export const sentences = (text: string): string[] => text.match(/[^。！？；\n]*[。！？；\n]+|[^。！？；\n]+$/g) ?? []

/** compared marks in either text what stands in the other as well, in the same order. */
export function compared(a: string, b: string): { a: Sentence[]; b: Sentence[] } {
  const x = sentences(a)
  const y = sentences(b)
  const longest = x.map(() => new Array<number>(y.length + 1).fill(0)).concat([new Array<number>(y.length + 1).fill(0)])
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      const row = longest[i]
      if (row) row[j] = x[i] === y[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const out = { a: [] as Sentence[], b: [] as Sentence[] }
  let i = 0
  let j = 0
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      out.a.push({ text: x[i++] ?? '', same: true })
      out.b.push({ text: y[j++] ?? '', same: true })
    } else if (j >= y.length || (i < x.length && at(i + 1, j) >= at(i, j + 1))) {
      out.a.push({ text: x[i++] ?? '', same: false })
    } else {
      out.b.push({ text: y[j++] ?? '', same: false })
    }
  }
  return out
}
