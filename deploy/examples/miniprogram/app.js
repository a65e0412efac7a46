const config = require('./config')
const { Chat } = require('./utils/chat')

App({
  onLaunch() {
    this.chat = new Chat({ wx, server: config.server, account: config.account })
  },
  // 切到后台后连接会被系统断开，而且可能没有任何通知：回来时总是重新接上。
  onShow() { this.chat.show() },
  onHide() { this.chat.hide() },
})
