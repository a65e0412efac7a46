import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, got } from '../../api/client'

/** usePosts gives the posts of the organisation. */
export function usePosts() {
  const { data, error, isPending, refetch } = useQuery({ queryKey: ['organisation', 'posts'], queryFn: async () => (await got(api.GET('/api/v1/staff/posts'))).posts })
  const byID = computed(() => new Map((data.value ?? []).map((p) => [p.id, p])))
  return { posts: computed(() => data.value ?? []), postName: (id: string) => byID.value.get(id)?.name ?? id, error, isPending, refetch }
}
