// A list of tickets page by page. What somebody looks at is not moved under their
// hands: what has changed in a row is shown in its place; when rows come, go or
// follow each other otherwise, the list says so and is read again on demand.
import { useInfiniteQuery, useQuery, useQueryClient, type InfiniteData } from '@tanstack/vue-query'
import { computed, watch, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'
import { refetching } from '../../state/live'
import { asked, type Wanted } from './filter'

type Page = Schemas['TicketsBody']

const size = 50

const read = (wanted: Wanted, cursor: string) => got(api.GET('/api/v1/staff/tickets', { params: { query: { ...asked(wanted), limit: size, cursor: cursor || undefined } } }))

/** sameRows reports whether two pages show the same tickets in the same order. */
export const sameRows = (a: Page, b: Page) => a.tickets.length === b.tickets.length && a.tickets.every((t, i) => t.number === b.tickets[i]!.number)

export function useTickets(wanted: Ref<Wanted>, enabled: Ref<boolean>) {
  const queries = useQueryClient()
  const key = computed(() => ['tickets', wanted.value])
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: async ({ pageParam, queryKey: [, asking] }) => {
      const page = await read(asking as Wanted, pageParam)
      if (!pageParam) queries.setQueryData(['newest', asking], page)
      return page
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next || undefined,
    enabled,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const shown = computed(() => query.data.value?.pages[0])
  const { data: newest } = useQuery({
    queryKey: computed(() => ['newest', wanted.value]),
    queryFn: () => read(wanted.value, ''),
    enabled: computed(() => enabled.value && shown.value !== undefined),
    refetchInterval: refetching,
  })
  watch(newest, (page) => {
    if (!page || !shown.value || page === shown.value || !sameRows(page, shown.value)) return
    queries.setQueryData<InfiniteData<Page, string>>(key.value, (old) => old && { ...old, pages: [page, ...old.pages.slice(1)] })
  })

  return {
    ...query,
    tickets: computed(() => query.data.value?.pages.flatMap((p) => p.tickets) ?? []),
    /** outdated: other tickets would be listed now. */
    outdated: computed(() => !query.isFetching.value && newest.value !== undefined && shown.value !== undefined && !sameRows(newest.value, shown.value)),
    reread: () => queries.invalidateQueries({ queryKey: ['tickets'] }),
  }
}
