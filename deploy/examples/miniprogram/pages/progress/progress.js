Page({
  data: { number: '', code: '', failed: '', letter: null },

  // 订阅消息带着编号打开这一页；查询码只在来信人自己手里。
  onLoad(query) { this.setData({ number: query.number || '' }) },

  number(e) { this.setData({ number: e.detail.value }) },
  code(e) { this.setData({ code: e.detail.value }) },

  async lookup() {
    try {
      this.setData({ letter: await getApp().chat.lookup(this.data.number, this.data.code), failed: '' })
    } catch (e) {
      this.setData({ letter: null, failed: e.message })
    }
  },
})
