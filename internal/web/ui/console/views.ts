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
  load: () => Promise<unknown>
}

export const groups = ['办件', '公开', '问答', '研判', '渠道', '管理'] as const
export type Group = (typeof groups)[number]

export const views: View[] = [
  { path: '/', name: 'home', title: '工作台', load: () => import('./views/home/HomeView.vue') },
  { path: '/reviews', name: 'reviews', title: '审核发布', group: '公开', needs: ['review', 'drafts'], load: () => import('./views/texts/ReviewsView.vue') },
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
