// 一段对话的客户端，不依赖任何第三方代码。三条约定：
// 1. 消息按序号显示，每条一次：序号不大于已有的丢弃，中间有缺的先补齐。
// 2. 每句话有自己的编号（cid），存进手机后才发送；没有收到回执就用同一个编号再发，服务器只认一次。
// 3. 连接只是为了快：断了就重新登录、从上次的序号接着取，不会漏。

const PROTOCOL = 'jiesu.v1'
const SESSION = 'jiesu.session' // {conversation, token}
const OUTBOX = 'jiesu.outbox' // [{cid, kind, body}]
const LONGEST = 30000 // 重连最多等这么久（毫秒）

class Chat {
  constructor({ wx, server, account }) {
    Object.assign(this, { wx, server, account })
    this.messages = []
    this.epoch = ''
    this.cursor = 0
    this.failures = 0
    this.shown = false
    this.task = null
    this.timer = null
    this.working = Promise.resolve()
    this.changed = () => {}
    this.session = wx.getStorageSync(SESSION) || null
    this.outbox = wx.getStorageSync(OUTBOX) || []
  }

  show() {
    this.shown = true
    return this.connect()
  }

  hide() {
    this.shown = false
    this.cut()
  }

  // say 先存后发。
  say(kind, body) {
    this.outbox.push({ cid: newID(), kind, body })
    this.keepOutbox()
    return this.flush()
  }

  // handOver 把问题留给专班；编号、查询码和期限会作为一条消息回来。
  handOver(body) {
    return this.say('ticket', body || {})
  }

  // phone 用手机号按钮给的 code 登记联系电话，返回打码后的号码。
  async phone(code) {
    const got = await this.call('POST', `/api/v1/wechat/${this.account}/phone`, { conversation: this.session.conversation, code })
    return got.phone
  }

  // agreed 告诉服务器刚刚同意了哪些订阅消息。
  agreed(templates) {
    return this.call('POST', `/api/v1/wechat/${this.account}/subscriptions`, { conversation: this.session.conversation, templates })
  }

  // lookup 凭编号和查询码查进度，不需要登录。
  lookup(number, code) {
    return this.request('POST', '/api/v1/letters/lookup', { number, query_code: code })
  }

  // --- 登录

  async login() {
    const { code } = await new Promise((success, fail) => this.wx.login({ success, fail }))
    const got = await this.request('POST', `/api/v1/wechat/${this.account}/session`, { code })
    if (this.session && this.session.conversation !== got.conversation) this.clear()
    this.session = { conversation: got.conversation, token: got.token }
    this.wx.setStorageSync(SESSION, this.session)
    return got.pass
  }

  async pass() {
    if (!this.session) return this.login()
    return (await this.call('POST', '/api/v1/chat/passes', { conversation: this.session.conversation })).pass
  }

  // --- 连接

  async connect() {
    this.cut()
    try {
      const pass = await this.pass()
      await this.pull() // 历史以服务器为准；连接只送之后的
      await this.flush()
      if (this.shown) this.open(pass)
    } catch (e) {
      this.again()
    }
  }

  open(pass) {
    const task = this.wx.connectSocket({ url: this.server.replace(/^http/, 'ws') + '/api/v1/chat', protocols: [PROTOCOL] })
    this.task = task
    task.onOpen(() => task.send({ data: JSON.stringify({ t: 'hello', id: 1, v: 1, pass, last: { epoch: this.epoch, seq: this.cursor }, client: { kind: 'wxmini', ver: '1' } }) }))
    task.onMessage(({ data }) => this.read(task, JSON.parse(data)))
    const ended = () => { if (task === this.task) this.again() }
    task.onClose(ended)
    task.onError(ended)
  }

  async read(task, frame) {
    if (task !== this.task) return
    switch (frame.t) {
      case 'welcome':
        this.failures = 0
        if (!frame.recovered) await this.pull()
        break
      case 'msg':
        await this.take(frame)
        break
      case 'ping':
        task.send({ data: JSON.stringify({ t: 'pong', n: frame.n }) })
        if (frame.head > this.cursor) await this.pull()
        break
    }
    if (task === this.task) task.send({ data: JSON.stringify({ t: 'ack', seq: this.cursor }) })
  }

  again() {
    this.cut()
    if (!this.shown) return
    const wait = Math.min(LONGEST, 500 * 2 ** this.failures++) * Math.random()
    this.timer = setTimeout(() => this.connect(), wait)
  }

  cut() {
    clearTimeout(this.timer)
    const task = this.task
    this.task = null
    if (task) task.close({ code: 1000 })
  }

  // --- 收

  async take(m) {
    if (m.seq <= this.cursor) return // 已经有了
    if (m.seq > this.cursor + 1) return this.pull() // 中间有缺
    this.cursor = m.seq
    this.messages.push(m)
    this.changed()
  }

  // pull 取回缺的消息；同时只有一次在进行。
  pull() {
    this.working = this.working.catch(() => {}).then(() => this.pullAll())
    return this.working
  }

  async pullAll() {
    for (;;) {
      const q = `after=${this.cursor}` + (this.epoch ? `&epoch=${this.epoch}` : '')
      const got = await this.call('GET', `/api/v1/chat/${this.session.conversation}/messages?${q}`)
      if (!got.recovered) this.clear()
      this.epoch = got.epoch
      for (const m of got.messages) {
        if (m.seq !== this.cursor + 1) continue
        this.cursor = m.seq
        this.messages.push(m)
      }
      this.changed()
      if (got.messages.length === 0 || this.cursor >= got.head) return
    }
  }

  clear() {
    this.messages = []
    this.epoch = ''
    this.cursor = 0
  }

  // --- 发

  async flush() {
    while (this.session && this.outbox.length > 0) {
      const { cid, kind, body } = this.outbox[0]
      const path = `/api/v1/chat/${this.session.conversation}/` + (kind === 'ticket' ? 'ticket' : 'messages')
      try {
        await this.call('POST', path, kind === 'ticket' ? body : { kind, body }, cid)
      } catch (e) {
        if (!e.refused) return this.again() // 没有回执：留着，接上后用同一个编号再发
        this.wx.showToast({ title: e.message, icon: 'none' })
      }
      this.outbox = this.outbox.filter((o) => o.cid !== cid)
      this.keepOutbox()
    }
    if (this.session) await this.pull()
  }

  keepOutbox() {
    this.wx.setStorageSync(OUTBOX, this.outbox)
    this.changed()
  }

  // --- 请求

  // call 用对话凭证请求；凭证换过（在别的设备登录）就重新登录一次。
  async call(method, path, data, key) {
    try {
      return await this.request(method, path, data, key)
    } catch (e) {
      if (e.status !== 401 && e.status !== 403 || e.code === 'wechat.code') throw e
      await this.login()
      return this.request(method, path, data, key)
    }
  }

  request(method, path, data, key) {
    const header = { 'Content-Type': 'application/json' }
    if (this.session) header.Authorization = 'Bearer ' + this.session.token
    if (key) header['Idempotency-Key'] = key
    return new Promise((success, fail) => this.wx.request({
      url: this.server + path, method, header, data,
      success: ({ statusCode, data: got }) => (statusCode < 300 ? success(got) : fail(failure(statusCode, got))),
      fail: () => fail(failure(0, null)),
    }))
  }
}

// failure 是一次没有成功的请求；refused 表示再发也不会成功。
function failure(status, got) {
  const e = new Error((got && got.detail) || '暂时连不上，请稍后再试。')
  e.status = status
  e.code = got && got.code
  e.refused = status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status)
  return e
}

function newID() {
  const random = () => Math.random().toString(36).slice(2, 10)
  return Date.now().toString(36) + '-' + random() + random()
}

module.exports = { Chat }
