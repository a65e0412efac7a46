const config = require('../../config')

Page({
  data: { messages: [], sending: [], text: '', last: '', phone: '' },

  onLoad() {
    this.chat = getApp().chat
    this.chat.changed = () => this.draw()
    this.draw()
  },

  draw() {
    const messages = this.chat.messages.map((m) => ({
      seq: m.seq, mine: m.from.role === 'user', text: m.body.text || m.body.name, options: m.body.options || [], none: m.body.none_option === true,
      basis: m.body.answer ? m.body.answer.basis.map((b) => b.title + (b.article || '')).join('；') : '',
    }))
    const sending = this.chat.outbox.map((o) => ({ cid: o.cid, text: o.kind === 'ticket' ? '留给专班办理' : o.body.text }))
    this.setData({ messages, sending, last: 'm' + this.chat.cursor })
  },

  typed(e) { this.setData({ text: e.detail.value }) },

  say() {
    const text = this.data.text.trim()
    if (!text) return
    this.setData({ text: '' })
    this.chat.say('text', { text })
  },

  choose(e) { this.chat.say('choice', { entry: e.currentTarget.dataset.entry }) },

  // 订阅提示只能由点按触发；拒绝也照样可以留给专班。
  handOver() {
    const leave = () => this.chat.handOver({})
    if (!config.template) return leave()
    wx.requestSubscribeMessage({
      tmplIds: [config.template],
      success: async (answer) => {
        if (answer[config.template] === 'accept') await this.chat.agreed([config.template]).catch(() => {})
        leave()
      },
      fail: leave,
    })
  },

  async phone(e) {
    if (!e.detail.code) return
    try {
      this.setData({ phone: await this.chat.phone(e.detail.code) })
    } catch (failed) {
      wx.showToast({ title: failed.message, icon: 'none' })
    }
  },

  progress() { wx.navigateTo({ url: '/pages/progress/progress' }) },
})
