// What waits for the person signed in, list by list. It is counted again when the
// server says that something has changed, or now and then where it cannot say so.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, got, type Schemas } from '../api/client'
import { refetching } from './live'

export type Waiting = Schemas['ViewBody']

/** useWaiting gives the lists with their counts, in the server's order. */
export function useWaiting() {
  const query = useQuery({ queryKey: ['views'], queryFn: async () => (await got(api.GET('/api/v1/staff/views'))).views, refetchInterval: refetching })
  return { ...query, lists: computed(() => query.data.value ?? []) }
}

/** howMany is a count as it is shown: above a bound nobody counts on. */
export const howMany = (w: Waiting) => `${w.count}${w.more ? '+' : ''}`
