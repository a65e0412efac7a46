// What codes and units are called. They change with the installation, so they come
// from the server and are kept while the page is open.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, got, type Schemas } from '../api/client'

export type Unit = Schemas['UnitBody']
export type Vocabulary = keyof Schemas['WordsBody']

const lasting = { staleTime: Infinity, gcTime: Infinity } as const

/** useWords gives the name of a code of a vocabulary; of an unknown one the code. */
export function useWords() {
  const { data } = useQuery({ queryKey: ['words'], queryFn: () => got(api.GET('/api/v1/staff/words')), ...lasting })
  const tables = computed(() => {
    const all = Object.entries(data.value ?? {}).flatMap(([list, choices]) =>
      Array.isArray(choices) ? [[list, new Map(choices.map((c) => [c.code, c.name]))] as const] : [],
    )
    return new Map(all)
  })
  return {
    name: (list: Vocabulary, code: string | undefined) => (code ? (tables.value.get(list)?.get(code) ?? code) : ''),
    choices: <L extends Vocabulary>(list: L) => computed(() => (data.value?.[list] ?? []) as NonNullable<Schemas['WordsBody'][L]>),
  }
}

/** useUnits gives the organisation, parents first. */
export function useUnits() {
  const { data } = useQuery({ queryKey: ['units'], queryFn: async () => (await got(api.GET('/api/v1/staff/units'))).units, ...lasting })
  const byID = computed(() => new Map((data.value ?? []).map((u) => [u.id, u])))
  return {
    units: computed(() => data.value ?? []),
    unitName: (id: string | undefined) => (id ? (byID.value.get(id)?.name ?? id) : ''),
  }
}

/** useColleagues gives the names of users; nobody reads the id of one who is not known. */
export function useColleagues() {
  const { data } = useQuery({ queryKey: ['colleagues'], queryFn: async () => (await got(api.GET('/api/v1/staff/colleagues'))).colleagues, staleTime: 600_000 })
  const byID = computed(() => new Map((data.value ?? []).map((c) => [c.id, c])))
  return {
    colleagues: computed(() => data.value ?? []),
    colleagueName: (id: string | undefined) => (id ? (byID.value.get(id)?.name ?? '工作人员') : ''),
  }
}
