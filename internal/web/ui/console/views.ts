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
  { path: '/callbacks', name: 'callbacks', title: '回访和申诉', group: '办件', needs: ['call', 'appeal', 'judge'], key: 'g b', load: () => import('./views/calls/CallbacksView.vue') },
  { path: '/calls', name: 'calls', title: '来电登记簿', group: '办件', needs: ['tickets'], key: 'g l', load: () => import('./views/calls/CallLogView.vue') },
  { path: '/calls/new', name: 'new-call', title: '登记来电', group: '办件', needs: ['open'], key: 'g c', load: () => import('./views/calls/NewCallView.vue') },
  { path: '/notifications', name: 'notifications', title: '提醒', group: '办件', key: 'g n', load: () => import('./views/home/NotificationsView.vue') },
  { path: '/reports', name: 'reports', title: '统计报表', group: '研判', needs: ['watch'], load: () => import('./views/board/ReportsView.vue') },
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
