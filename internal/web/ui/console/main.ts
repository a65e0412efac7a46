import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import 'element-plus/dist/index.css'
import './style.css'
import App from './App.vue'
import { newRouter } from './router'
import { forget } from './state/session'
import { newQueries } from './state/queries'

const router = newRouter()
const queries = newQueries(() => {
  // The session has ended while somebody was working: the view stays behind the form,
  // and what was written in it is kept by its own draft.
  forget()
  void router.push({ name: 'sign-in', query: { to: router.currentRoute.value.fullPath } })
})

createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
