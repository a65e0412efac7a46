import { button, clock, el, paragraphs } from './dom'
import { type Rater, rating } from './rating'
import type { AnswerBody, Message, ReceiptBody, Reply } from './wire'

/** What a message can ask of the chat. */
export interface Actions extends Rater {
  server: string
  choose(entry: string, question: string): void
  leave(): void
}

/** bubble draws one stored message. */
export function bubble(m: Message, actions: Actions): HTMLElement {
  const mine = m.from?.role === 'user'
  const li = el('li', { class: mine ? 'msg mine' : 'msg', 'data-seq': String(m.seq) })
  li.append(el('span', { class: 'sr' }, mine ? '我说：' : speaker(m)), content(m, actions))
  li.append(el('span', { class: 'meta' }, [mine ? '已送达' : m.from?.name, clock(m.at, false)].filter(Boolean).join(' ')))
  const rate = rating(m, actions)
  if (rate) li.append(rate)
  return li
}

function speaker(m: Message): string {
  return m.from?.role === 'staff' ? '工作人员：' : '答复：'
}

function content(m: Message, actions: Actions): HTMLElement {
  const body = m.body ?? {}
  switch (m.kind) {
    case 'answer':
      return answer(body as AnswerBody, actions)
    case 'receipt':
      return receipt(body as ReceiptBody)
    case 'file':
      return el('div', { class: 'bubble' }, `附件：${String(body.name ?? '')}`)
  }
  const text = String(body.text ?? '')
  return m.from?.role === 'user' ? el('div', { class: 'bubble' }, text) : el('div', { class: 'bubble' }, ...paragraphs(text))
}

function answer(b: AnswerBody, actions: Actions): HTMLElement {
  const urgent = b.decision === 'emergency'
  const box = el('div', urgent ? { class: 'bubble urgent', role: 'alert' } : { class: 'bubble' })
  if (urgent && b.hotlines?.length) box.append(calls(b.hotlines))
  if ((b.options?.length ?? 0) > 0 && !b.answer) {
    box.append(el('p', { class: 'q' }, '您想问的是哪一个？'), options(b, actions))
    return box
  }
  if (b.answer) box.append(...reply(b.answer, actions.server))
  else box.append(...paragraphs(b.text ?? ''))
  for (const r of b.more ?? []) box.append(el('div', { class: 'part' }, ...reply(r, actions.server)))
  if (!urgent && b.hotlines?.length) box.append(calls(b.hotlines))
  if (b.decision === 'none') box.append(button('留给专班办理', 'act main', () => actions.leave()))
  return box
}

/** reply shows one reviewed text under its question, with what it rests on. */
function reply(r: Reply, server: string): HTMLElement[] {
  const fixed = r.entry?.startsWith('line:')
  const shown: HTMLElement[] = []
  if (r.question) shown.push(el('p', { class: 'q' }, r.question))
  if (r.sample && !fixed) shown.push(el('p', { class: 'sample' }, '示例内容，未经本单位审核，不作为办事依据'))
  shown.push(...paragraphs(r.text ?? ''))
  if (r.entry && !fixed) shown.push(basis(r, server))
  return shown
}

function calls(numbers: string[]): HTMLElement {
  const list = el('ul', { class: 'calls' })
  for (const n of numbers) {
    const digits = String(n).replace(/[^0-9+]/g, '')
    if (digits) list.append(el('li', {}, el('a', { href: `tel:${digits}` }, `拨打 ${digits}`)))
  }
  return list
}

const noneOfThese = '以上都不是'

function options(b: AnswerBody, actions: Actions): HTMLElement {
  const list = el('div', { class: 'options' })
  for (const o of b.options ?? []) {
    const choice = button(o.question, 'act', () => actions.choose(o.entry, o.question))
    if (o.hint) choice.append(el('span', { class: 'hint' }, o.hint))
    list.append(choice)
  }
  list.append(button(noneOfThese, 'act none', () => actions.choose('', noneOfThese)))
  return list
}

function basis(a: Reply, server: string): HTMLElement {
  const list = el('ul')
  for (const b of a.basis ?? []) list.append(el('li', {}, `《${b.title ?? ''}》${b.article ?? ''}${b.number ? `，${b.number}` : ''}`))
  const link = el('a', { href: new URL(`/library/${encodeURIComponent(a.entry ?? '')}`, server).href, target: '_blank', rel: 'noopener' }, '看完整条目')
  return el('details', {}, el('summary', {}, `依据（第${a.version ?? 1}版）`), list, el('p', {}, link))
}

function receipt(b: ReceiptBody): HTMLElement {
  const box = el('div', { class: 'bubble receipt' }, el('p', { class: 'q' }, '已经留给专班办理'))
  const facts = el('dl')
  const fact = (name: string, value: string | undefined, cls = '') => {
    if (value) facts.append(el('dt', {}, name), el('dd', { class: cls }, value))
  }
  fact('单号', b.number, 'code')
  fact('查询码', b.query_code, 'code')
  fact('承办单位', b.unit)
  fact('最晚答复', b.due_at ? clock(b.due_at, true) + (b.provisional ? '（暂定）' : '') : '')
  box.append(facts, el('p', {}, '请抄下单号和查询码，凭它们查进度。清除对话以后这里就看不到了。'))
  box.append(copy(`单号：${b.number ?? ''}\n查询码：${b.query_code ?? ''}`))
  if (b.explain?.length) {
    const list = el('ul')
    for (const line of b.explain) list.append(el('li', {}, `${line.date}　${line.text}`))
    box.append(el('details', {}, el('summary', {}, '日期是怎么算出来的'), list))
  }
  return box
}

function copy(text: string): HTMLElement {
  const said = el('span', { role: 'status', class: 'meta' })
  const b = button('复制单号和查询码', 'act', () => {
    const clipboard = navigator.clipboard as Clipboard | undefined
    void (clipboard ? clipboard.writeText(text) : Promise.reject(new Error('no clipboard'))).then(
      () => (said.textContent = '已复制'),
      () => (said.textContent = '没能复制，请抄下来'),
    )
  })
  return el('div', {}, b, said)
}
