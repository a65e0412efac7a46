import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from 'vue-router'
import { needs, resume, type Right } from './state/session'
import { allowed, routes } from './views'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    needs?: Right[]
    open?: boolean // without a session
  }
}

const outside: typeof routes = [
  { path: '/sign-in', name: 'sign-in', component: () => import('./views/home/SignInView.vue'), meta: { title: '登录', open: true } },
  { path: '/password', name: 'password', component: () => import('./views/home/PasswordView.vue'), meta: { title: '修改密码' } },
  { path: '/enrol', name: 'enrol', component: () => import('./views/home/EnrolView.vue'), meta: { title: '启用二次验证' } },
  { path: '/:path(.*)*', name: 'missing', component: () => import('./views/home/MissingView.vue'), meta: { title: '没有这个页面' } },
]

/** newRouter leads to a view whoever may open it, and everybody else to what they may. */
export function newRouter(): Router {
  const router = createRouter({ history: createWebHistory('/console'), routes: [...routes, ...outside] })
  router.beforeEach(async (to) => {
    if (to.meta.open) return true
    if (!(await resume())) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
    const before = needs.value && { factor: 'sign-in', password: 'password', enrolment: 'enrol' }[needs.value]
    if (before && to.name !== before) return { name: before }
    if (!allowed(to.meta)) return { name: 'missing', params: { path: to.path.split('/').slice(1) } }
    return true
  })
  router.afterEach(announce)
  return router
}

/** announce tells the tab and the screen reader where they are now. */
function announce(to: RouteLocationNormalized, from: RouteLocationNormalized): void {
  document.title = `${to.meta.title ?? ''} · 接诉工作台`
  if (to.path === from.path) return // a filter has changed
  void nextTick(() => document.getElementById('main')?.focus({ preventScroll: true }))
}
