import { button, el } from './dom'
import type { AnswerBody, Message } from './wire'

/** What a rating asks of the chat. */
export interface Rater {
  rated(seq: number): boolean
  rate(seq: number, score: number): void
}

const helpful = 5
const useless = 1

/** rating asks whether a reviewed answer helped; nothing for everything else. */
export function rating(m: Message, rater: Rater): HTMLElement | null {
  const b = (m.body ?? {}) as AnswerBody
  if (m.kind !== 'answer' || m.from?.role === 'staff' || b.decision !== 'answer' || !b.answer?.entry || b.answer.entry.startsWith('line:')) return null
  const said = el('span', { class: 'meta', role: 'status', tabindex: '-1' })
  if (rater.rated(m.seq)) {
    said.textContent = '已经评价'
    return said
  }
  const box = el('div', { class: 'rate', role: 'group', 'aria-label': '这条答复有用吗' })
  const rate = (score: number) => {
    rater.rate(m.seq, score)
    said.textContent = '谢谢您的评价'
    box.replaceChildren(said)
    said.focus() // the button that had it is gone
  }
  box.append(
    button('有用', 'leave', () => rate(helpful)),
    button('没用', 'leave', () => rate(useless)),
    said,
  )
  return box
}
