// What the person signed in, or their unit, was told. What is new since the list was
// last looked at is remembered on this machine; nothing of the list is.
import { useQuery } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { api, got } from '../api/client'
import { refetching } from './live'
import { me } from './session'

const mark = () => `jiesu.told.${me.value?.id ?? ''}`
const looked = ref(0) // times the mark was moved

export function useNotifications() {
  const query = useQuery({
    queryKey: ['notifications'],
    queryFn: async () => (await got(api.GET('/api/v1/staff/notifications'))).notifications,
    refetchInterval: refetching,
  })
  const all = computed(() => query.data.value ?? [])
  const seen = computed(() => (looked.value, localStorage.getItem(mark()) ?? ''))
  return {
    ...query,
    all,
    fresh: computed(() => all.value.filter((n) => n.at > seen.value).length),
    seen,
    /** look notes that everything there is has been seen. */
    look(): void {
      const newest = all.value.reduce((last, n) => (n.at > last ? n.at : last), '')
      if (newest <= seen.value) return
      localStorage.setItem(mark(), newest)
      looked.value++
    },
  }
}
