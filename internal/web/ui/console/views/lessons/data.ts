// What the views of questions ask the server for.
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'

export type Gap = Schemas['GapViewBody']
export type GapMove = Omit<Schemas['MoveGapInputBody'], 'version'>

export const useGap = (id: Ref<string>) =>
  useQuery({ queryKey: ['gap', id], queryFn: () => got(api.GET('/api/v1/staff/gaps/{id}', { params: { path: { id: id.value } } })) })

/** example is how people put it, in one line. */
export const example = (gap: Gap) => gap.wordings[0] ?? '（没有可以显示的问法）'

const most = 500 // the library is smaller by far

/** useEntryNames gives the question of an entry that answers; of another one its id. */
export function useEntryNames() {
  const { data } = useQuery({
    queryKey: ['library', 'names'],
    queryFn: async () => (await got(api.GET('/api/v1/library', { params: { query: { limit: most } } }))).entries,
    staleTime: 300_000,
  })
  const byID = computed(() => new Map((data.value ?? []).map((e) => [e.id, e.question])))
  return {
    entries: computed(() => data.value ?? []),
    question: (id: string) => byID.value.get(id) ?? id,
  }
}
