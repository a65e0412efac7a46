// 按本单位的部署修改这三项。
module.exports = {
  server: 'https://www.example.gov.cn', // 已在小程序后台登记为 request、socket 合法域名
  account: 'mini', // 接诉通道配置文件 wechat 下的名称
  template: '', // 订阅消息模板编号；留空不提示订阅
}
