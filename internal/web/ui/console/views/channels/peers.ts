import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, got } from '../../api/client'
import { useWords } from '../../state/names'
import { can } from '../../state/session'
import { led } from './kinds'

/** usePeers gives the names of those something comes from or goes to. */
export function usePeers() {
  const { name } = useWords()
  const { data: mailboxes } = useQuery({
    queryKey: ['mailboxes'],
    queryFn: async () => (await got(api.GET('/api/v1/staff/mailboxes'))).mailboxes,
    enabled: can('orders'), // whoever does not handle letters is not told of mailboxes
  })
  const { data: endpoints } = useQuery({ queryKey: ['webhooks'], queryFn: async () => (await got(api.GET('/api/v1/staff/webhooks'))).endpoints, enabled: can('channels') })
  const titles = computed(() => new Map([...(mailboxes.value ?? []).map((m) => [m.name, m.title] as const), ...(endpoints.value ?? []).map((e) => [e.id, e.description] as const)]))
  return (route: string) => led(route, name, titles.value)
}
