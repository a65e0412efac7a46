import { type Actions, bubble } from './bubbles'
import type { Client, Outgoing } from './client'
import { button, el } from './dom'

const longest = 2000

/** What a button is shown to have said. */
const said: Record<string, string> = { handoff: '留给专班办理', person: '转人工', leave: '不等了' }

/** View draws a client into a panel and keeps drawing what changes. */
export class View {
  readonly panel: HTMLElement
  private readonly log = el('div', { class: 'log', role: 'log', 'aria-label': '对话内容', 'aria-live': 'polite', 'aria-busy': 'true', tabindex: '0' })
  private readonly stored = el('ol')
  private readonly waiting = el('ol')
  private readonly state = el('p', { class: 'state', role: 'status', hidden: '' })
  private readonly people = el('p', { class: 'people', role: 'status', hidden: '' })
  private readonly person = button('找人工', 'leave', () => this.askOrLeave())
  private readonly input = el('textarea', { rows: '2', maxlength: String(longest), id: 'say', placeholder: '请输入您的问题' })
  private readonly form = el('form', { class: 'form', hidden: '', 'aria-labelledby': 'leave-title' })
  private shown = 0
  private first: unknown = null
  private drawn = new Map<string, { state: string; node: HTMLElement }>()

  constructor(
    private readonly client: Client,
    private readonly server: string,
    title: string,
    close: (() => void) | null,
  ) {
    const restart = button('清除对话', '', () => this.restart())
    const head = el('div', { class: 'head' }, el('h2', { id: 'title' }, title), restart, close && button('收起', '', close))
    const greeting = el('div', { class: 'msg' }, el('div', { class: 'bubble' }, el('p', {}, '您好。请用平常说话的方式提问，一次问一件事。'), el('p', {}, '有危险请直接打 ', el('a', { href: 'tel:110' }, '110'), '。请不要发身份证号、银行卡号和密码。')))
    this.log.append(greeting, this.stored, this.waiting)
    this.panel = el('section', { class: 'panel', 'aria-labelledby': 'title' }, head, this.state, this.log, this.people, this.foot())
    this.buildForm()
    this.panel.addEventListener('keydown', (e) => {
      if (e.key !== 'Escape') return
      if (!this.form.hidden) this.closeForm()
      else close?.()
    })
  }

  focus(): void {
    this.input.focus()
  }

  /** update brings the panel to the client's state; it never redraws what stands. */
  update(): void {
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120
    const c = this.client
    if (this.shown > c.messages.length || (this.shown > 0 && c.messages[0] !== this.first)) {
      this.stored.replaceChildren()
      this.shown = 0
    }
    this.first = c.messages[0]
    const grew = this.shown < c.messages.length
    for (const m of c.messages.slice(this.shown)) this.stored.append(bubble(m, this.actions()))
    this.shown = c.messages.length
    const waited = this.drawWaiting(c.outgoing)
    this.log.setAttribute('aria-busy', c.loaded ? 'false' : 'true')
    this.drawState()
    this.drawPeople()
    if (waited || (grew && near)) this.scroll()
  }

  /** scroll shows the newest, but never past the beginning of a long answer. */
  private scroll(): void {
    const newest = this.waiting.lastElementChild ?? this.stored.lastElementChild
    if (!newest) return
    const top = newest.getBoundingClientRect().top - this.log.getBoundingClientRect().top + this.log.scrollTop
    this.log.scrollTop = Math.min(this.log.scrollHeight, top - 96)
  }

  private actions(): Actions {
    return {
      server: this.server,
      choose: (entry, text) => this.client.say('choice', { entry, text }),
      leave: () => this.openForm(),
      rated: (seq) => this.client.rated(seq),
      rate: (seq, score) => this.client.rate(seq, score),
    }
  }

  private drawWaiting(all: Outgoing[]): boolean {
    const outgoing = all.filter((o) => o.frame !== 'rate')
    let added = false
    const alive = new Set(outgoing.map((o) => o.cid))
    for (const [cid, d] of this.drawn) {
      if (alive.has(cid)) continue
      d.node.remove()
      this.drawn.delete(cid)
    }
    for (const o of outgoing) {
      const before = this.drawn.get(o.cid)
      if (before?.state === o.state) continue
      const node = this.pending(o)
      if (before) before.node.replaceWith(node)
      else this.waiting.append(node)
      this.drawn.set(o.cid, { state: o.state, node })
      added = true
    }
    return added
  }

  private pending(o: Outgoing): HTMLElement {
    const text = said[o.frame] ?? String(o.body.text ?? '')
    const li = el('li', { class: 'msg mine' }, el('span', { class: 'sr' }, '我说：'), el('div', { class: 'bubble' }, text))
    if (o.state === 'failed') {
      li.append(el('span', { class: 'meta bad', role: 'alert' }, `没有发出：${o.why ?? ''}`), button('再发一次', 'leave', () => this.client.retry(o.cid)))
    } else {
      li.append(el('span', { class: 'meta' }, o.state === 'sent' ? '已送达' : '正在发送…'))
    }
    return li
  }

  private drawState(): void {
    const s = this.client.status
    const text = s === 'stopped' ? this.client.stopped : s === 'waiting' ? '连接断了，正在重新连接。您写的话会自动补发。' : ''
    if (this.state.textContent !== text) this.state.textContent = text
    this.state.hidden = text === ''
  }

  /** drawPeople says where the citizen stands, in a place that does not move the log. */
  private drawPeople(): void {
    const s = this.client.standing
    let text = ''
    if (s.state === 'queued') {
      text = `正在排队${s.position ? `，您在第${s.position}位` : ''}，${s.wait_s ? `大约等${Math.ceil(s.wait_s / 60)}分钟` : '要等多久现在还不知道'}`
    } else if (s.state === 'person') {
      text = this.client.writing ? `${s.name ?? '工作人员'}正在输入…` : `${s.name ?? '工作人员'}正在为您服务`
    }
    if (this.people.textContent !== text) this.people.textContent = text
    this.people.hidden = text === ''
    this.person.hidden = s.state === 'person'
    const label = s.state === 'queued' ? '不等了' : '找人工'
    if (this.person.textContent !== label) this.person.textContent = label
  }

  private askOrLeave(): void {
    if (this.client.standing.state === 'queued') this.client.leaveQueue()
    else this.client.askPerson()
    this.input.focus()
  }

  private foot(): HTMLElement {
    const form = el('form', {}, el('label', { class: 'sr', for: 'say' }, '您的问题'), el('div', { class: 'row' }, this.input, el('button', { type: 'submit', class: 'send' }, '发送')))
    const send = () => {
      const text = this.input.value.trim()
      if (!text || this.client.status === 'stopped') return
      this.client.say('text', { text })
      this.input.value = ''
      this.input.focus()
    }
    form.addEventListener('submit', (e) => {
      e.preventDefault()
      send()
    })
    this.input.addEventListener('input', () => this.client.types())
    this.input.addEventListener('keydown', (e) => {
      if (e.key === 'Enter' && !e.shiftKey && !e.isComposing && e.keyCode !== 229) {
        e.preventDefault()
        send()
      }
    })
    return el('div', { class: 'foot' }, this.form, form, this.person, button('留给专班办理', 'leave', () => this.openForm()))
  }

  private buildForm(): void {
    const name = el('input', { id: 'name', type: 'text', maxlength: '50', autocomplete: 'name' })
    const phone = el('input', { id: 'phone', type: 'tel', maxlength: '20', autocomplete: 'tel' })
    const why = el('p', { class: 'bad', role: 'alert', hidden: '' })
    this.form.append(
      el('h3', { id: 'leave-title' }, '留给专班办理'),
      el('p', {}, '把这段对话里您说的话交给信箱专班，当场给您单号、查询码和答复日期。姓名和电话可以不填，只用来核实和答复，加密保存。'),
      why,
      el('label', { for: 'name' }, '姓名（选填）'),
      name,
      el('label', { for: 'phone' }, '电话（选填）'),
      phone,
      el('div', { class: 'row' }, el('button', { type: 'submit', class: 'act main' }, '确定留给专班'), button('先不了', 'act', () => this.closeForm())),
    )
    this.form.noValidate = true
    this.form.addEventListener('submit', (e) => {
      e.preventDefault()
      const problem = this.wrong(name.value.trim(), phone.value.trim())
      why.hidden = !problem
      why.textContent = problem
      if (problem) return
      this.client.handOff(phone.value.trim() ? { name: name.value.trim(), phone: phone.value.trim() } : {})
      name.value = phone.value = ''
      this.closeForm()
    })
  }

  private wrong(name: string, phone: string): string {
    if (this.client.messages.length === 0 && this.client.outgoing.length === 0) return '请先把您的问题发出来，再留给专班办理。'
    if (name && !phone) return '留了姓名，请把电话也填上；不想留就都不填。'
    return phone && !/^[+(]?\d[\d\- ()]{4,18}$/.test(phone) ? '请填写正确的电话号码。' : ''
  }

  private openForm(): void {
    this.form.hidden = false
    this.form.querySelector('input')?.focus()
  }

  private closeForm(): void {
    this.form.hidden = true
    this.input.focus()
  }

  private restart(): void {
    if (this.client.messages.length > 0 && !window.confirm('清除后，这台设备上看不到这段对话了。已经给的单号和查询码请先抄下来。确定清除吗？')) return
    this.client.forget()
    this.input.focus()
  }
}
