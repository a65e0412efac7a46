// Every view of the console: where it is, what it is called, and the right it needs.
// What a person may not do is not in the menu and not reachable. A view is loaded
// when it is first opened.
import type { RouteRecordRaw } from 'vue-router'
import { can, type Right } from './state/session'

export interface View {
  path: string
  name: string // of the route
  title: string
  group?: Group // of the menu; without: reached from other views
  needs?: Right[] // any of them
  key?: string // the keys that lead there
  load: () => Promise<unknown>
}

export const groups = ['办件', '公开', '问答', '研判', '渠道', '管理'] as const
export type Group = (typeof groups)[number]

export const views: View[] = [
  { path: '/', name: 'home', title: '工作台', key: 'g h', load: () => import('./views/home/HomeView.vue') },
  { path: '/tickets', name: 'tickets', title: '来信', group: '办件', needs: ['tickets'], key: 'g t', load: () => import('./views/inbox/InboxView.vue') },
  { path: '/tickets/:number', name: 'ticket', title: '来信', needs: ['tickets'], load: () => import('./views/ticket/TicketView.vue') },
  { path: '/search', name: 'search', title: '查找', group: '办件', needs: ['tickets'], key: 'g s', load: () => import('./views/inbox/SearchView.vue') },
  { path: '/chats', name: 'chats', title: '在线接谈', group: '办件', needs: ['chats'], key: 'g d', load: () => import('./views/chats/ChatDeskView.vue') },
  { path: '/phrases', name: 'phrases', title: '常用语', group: '办件', needs: ['chats', 'draft'], load: () => import('./views/chats/PhrasesView.vue') },
  { path: '/callbacks', name: 'callbacks', title: '回访和申诉', group: '办件', needs: ['call', 'appeal', 'judge'], key: 'g b', load: () => import('./views/calls/CallbacksView.vue') },
  { path: '/calls', name: 'calls', title: '来电登记簿', group: '办件', needs: ['tickets'], key: 'g l', load: () => import('./views/calls/CallLogView.vue') },
  { path: '/calls/new', name: 'new-call', title: '登记来电', group: '办件', needs: ['open'], key: 'g c', load: () => import('./views/calls/NewCallView.vue') },
  { path: '/notifications', name: 'notifications', title: '提醒', group: '办件', key: 'g n', load: () => import('./views/home/NotificationsView.vue') },
  { path: '/reviews', name: 'reviews', title: '审核发布', group: '公开', key: 'g r', needs: ['review', 'drafts'], load: () => import('./views/texts/ReviewsView.vue') },
  { path: '/reviews/new', name: 'new-text', title: '起草', needs: ['drafts'], load: () => import('./views/texts/TextView.vue') },
  { path: '/reviews/:id/edit', name: 'edit-text', title: '修改', needs: ['drafts'], load: () => import('./views/texts/TextView.vue') },
  { path: '/reviews/:id', name: 'review', title: '稿件', needs: ['review', 'drafts'], load: () => import('./views/texts/ReviewView.vue') },
  { path: '/disclosures', name: 'disclosures', title: '答复公开', group: '公开', needs: ['drafts'], load: () => import('./views/texts/DisclosuresView.vue') },
  { path: '/consultations', name: 'consultations', title: '征求意见', group: '公开', needs: ['consult', 'publish'], load: () => import('./views/consult/ConsultationsView.vue') },
  { path: '/consultations/new', name: 'new-consultation', title: '起草征求意见', needs: ['consult'], load: () => import('./views/consult/ConsultationFormView.vue') },
  { path: '/consultations/:id/edit', name: 'edit-consultation', title: '修改征求意见', needs: ['consult'], load: () => import('./views/consult/ConsultationFormView.vue') },
  { path: '/consultations/:id', name: 'consultation', title: '征求意见', needs: ['consult', 'publish'], load: () => import('./views/consult/ConsultationView.vue') },
  { path: '/library', name: 'library', title: '问答库', group: '问答', needs: ['review', 'publish', 'drafts'], load: () => import('./views/library/LibraryView.vue') },
  { path: '/library/import', name: 'import-library', title: '导入问答', needs: ['drafts'], load: () => import('./views/library/ImportView.vue') },
  { path: '/library/:id', name: 'entry', title: '问答', needs: ['review', 'publish', 'drafts'], load: () => import('./views/library/EntryView.vue') },
  { path: '/gaps', name: 'gaps', title: '反复问的问题', group: '问答', needs: ['edit', 'drafts', 'watch'], load: () => import('./views/lessons/GapsView.vue') },
  { path: '/gaps/:id', name: 'gap', title: '反复问的问题', needs: ['edit', 'drafts', 'watch'], load: () => import('./views/lessons/GapView.vue') },
  { path: '/gaps/:id/draft', name: 'draft-gap', title: '起草解读', needs: ['drafts'], load: () => import('./views/lessons/GapDraftView.vue') },
  { path: '/labels', name: 'labels', title: '问题标注', group: '问答', needs: ['edit'], load: () => import('./views/lessons/LabelsView.vue') },
  { path: '/answers', name: 'answers', title: '每周情况', group: '问答', needs: ['figures'], load: () => import('./views/lessons/AnswersView.vue') },
  { path: '/signals', name: 'signals', title: '弱信号', group: '研判', needs: ['signals'], load: () => import('./views/signals/SignalsView.vue') },
  { path: '/signals/:id', name: 'signal', title: '弱信号', needs: ['signals'], load: () => import('./views/signals/SignalView.vue') },
  { path: '/supervision', name: 'supervision', title: '督办情况', group: '研判', needs: ['watch'], load: () => import('./views/supervision/SupervisionView.vue') },
  { path: '/scores', name: 'scores', title: '考核与通报', group: '研判', needs: ['watch'], load: () => import('./views/supervision/ScoresView.vue') },
  { path: '/reports', name: 'reports', title: '统计报表', group: '研判', needs: ['watch'], load: () => import('./views/board/ReportsView.vue') },
  { path: '/orders', name: 'orders', title: '12345 工单', group: '渠道', needs: ['orders'], load: () => import('./views/orders/OrdersView.vue') },
  { path: '/orders/:id', name: 'order', title: '12345 工单', needs: ['orders'], load: () => import('./views/orders/OrderView.vue') },
  { path: '/mailboxes', name: 'mailboxes', title: '外部信箱', group: '渠道', needs: ['orders'], load: () => import('./views/mailboxes/MailboxesView.vue') },
  { path: '/inbound', name: 'inbound', title: '收到的消息', group: '渠道', needs: ['channels'], load: () => import('./views/channels/InboundView.vue') },
  { path: '/deliveries', name: 'deliveries', title: '发出的消息', group: '渠道', needs: ['channels'], load: () => import('./views/channels/DeliveriesView.vue') },
  { path: '/deliveries/:id', name: 'delivery', title: '发出的消息', needs: ['channels'], load: () => import('./views/channels/DeliveryView.vue') },
  { path: '/hotlines', name: 'hotlines', title: '热线目录', group: '渠道', needs: ['organise', 'tickets'], load: () => import('./views/hotlines/HotlinesView.vue') },
  { path: '/hotlines/:id', name: 'hotline', title: '热线沿革', needs: ['organise', 'tickets'], load: () => import('./views/hotlines/HotlineView.vue') },
  { path: '/webhooks', name: 'webhooks', title: '推送地址', group: '渠道', needs: ['channels'], load: () => import('./views/webhooks/WebhooksView.vue') },
  { path: '/webhooks/:id', name: 'webhook', title: '推送地址', needs: ['channels'], load: () => import('./views/webhooks/WebhookView.vue') },
  { path: '/robots', name: 'robots', title: '群机器人', group: '渠道', needs: ['channels'], load: () => import('./views/robots/RobotsView.vue') },
  { path: '/organisation', name: 'organisation', title: '机构和岗位', group: '管理', needs: ['organise'], load: () => import('./views/organisation/OrganisationView.vue') },
  { path: '/duty', name: 'duty', title: '值班表', group: '管理', needs: ['organise'], load: () => import('./views/organisation/DutyView.vue') },
  { path: '/catalogue', name: 'catalogue', title: '责任清单', group: '管理', needs: ['organise'], load: () => import('./views/organisation/CatalogueView.vue') },
  { path: '/rules', name: 'rules', title: '办理规则', group: '管理', needs: ['organise', 'watch'], load: () => import('./views/rules/RulesView.vue') },
  { path: '/calendar', name: 'calendar', title: '工作日历', group: '管理', needs: ['calendar'], load: () => import('./views/calendar/CalendarView.vue') },
  { path: '/deadlines', name: 'deadlines', title: '期限计算', group: '管理', load: () => import('./views/calendar/DeadlineView.vue') },
  { path: '/users', name: 'users', title: '账号', group: '管理', needs: ['users', 'secure'], key: 'g u', load: () => import('./views/admin/UsersView.vue') },
  { path: '/keeping', name: 'keeping', title: '保存期限', group: '管理', needs: ['keep'], load: () => import('./views/admin/KeepingView.vue') },
  { path: '/audit', name: 'audit', title: '操作日志', group: '管理', needs: ['audit'], key: 'g a', load: () => import('./views/admin/AuditView.vue') },
  { path: '/account', name: 'account', title: '我的账号', load: () => import('./views/admin/AccountView.vue') },
  { path: '/health', name: 'health', title: '自检', group: '管理', needs: ['health'], load: () => import('./views/admin/HealthView.vue') },
]

/** allowed reports whether the person signed in may open v. */
export const allowed = (v: Pick<View, 'needs'>) => !v.needs || v.needs.some(can)

export const menu = (group: Group) => views.filter((v) => v.group === group && allowed(v))

export const routes: RouteRecordRaw[] = views.map((v) => ({
  path: v.path,
  name: v.name,
  component: v.load as () => Promise<never>,
  meta: { title: v.title, needs: v.needs },
}))
