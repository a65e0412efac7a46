/** A piece of a text, marked or not. */
export interface Piece {
  text: string
  marked: boolean
}

/** pieces cuts a text at its marks, which count characters as people do, not as JavaScript. */
export function pieces(text: string, marks: { from: number; to: number }[]): Piece[] {
  const characters = [...text]
  const cut: Piece[] = []
  let at = 0
  const put = (to: number, marked: boolean) => {
    if (to > at) cut.push({ text: characters.slice(at, to).join(''), marked })
    at = Math.max(at, to)
  }
  for (const { from, to } of marks) {
    put(from, false)
    put(to, true)
  }
  put(characters.length, false)
  return cut
}
