import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import 'element-plus/dist/index.css'
import './style.css'
import App from './App.vue'
import { newRouter } from './router'
import { live } from './state/live'
import { forget, me, still } from './state/session'
import { newQueries } from './state/queries'

const router = newRouter()

/** over: the session has ended while somebody was working. What was written is kept by its own draft. */
function over() {
  if (!me.value) return // it is known
  forget()
  void router.push({ name: 'sign-in', query: { to: router.currentRoute.value.fullPath } })
}

const queries = newQueries(over)
live.on('over', async () => ((await still()) ? live.start() : over())) // a session may have taken the place of another

createApp(App).use(router).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
