// What the page of a ticket asks of the server, and what changes when somebody
// does something with it.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'
import { api, got } from '../../api/client'
import { isConflict, problemOf } from '../../api/problem'
import { refetching } from '../../state/live'
import type { MoveInput, Ticket } from './moves'

const path = (number: string) => ({ params: { path: { number } } })

const read = (number: string) => got(api.GET('/api/v1/staff/tickets/{number}', path(number)))

export function useTicket(number: Ref<string>) {
  return useQuery({
    queryKey: computed(() => ['ticket', number.value]),
    queryFn: () => read(number.value),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

/**
 * useNewer reports whether others have done something with the ticket since it was
 * read: the page that somebody reads stays as it is until they want to see it.
 */
export function useNewer(shown: Ref<Ticket | undefined>) {
  const number = computed(() => shown.value?.ticket.number ?? '')
  const { data: newest } = useQuery(computed(() => ({
    queryKey: ['newest', 'ticket', number.value],
    queryFn: () => read(number.value),
    initialData: shown.value,
    enabled: number.value !== '',
    refetchInterval: refetching,
  })))
  return computed(() => shown.value !== undefined && newest.value !== undefined && newest.value.ticket.version > shown.value.ticket.version)
}

export function useClocks(number: Ref<string>) {
  return useQuery({
    queryKey: computed(() => ['ticket', number.value, 'clocks']),
    queryFn: () => got(api.GET('/api/v1/staff/tickets/{number}/clocks', path(number.value))),
    placeholderData: keepPreviousData,
  })
}

/** suggestionsOf asks for units and similar tickets. */
export const suggestionsOf = (number: string) => ({
  queryKey: ['ticket', number, 'suggestions'],
  queryFn: () => got(api.GET('/api/v1/staff/tickets/{number}/suggestions', path(number))),
  staleTime: 60_000,
})

export function useSuggestions(number: Ref<string>, enabled: Ref<boolean> = ref(true)) {
  return useQuery(computed(() => ({ ...suggestionsOf(number.value), enabled: enabled.value && number.value !== '' })))
}

/** useReasons gives the codes moves are given reasons with. */
export function useReasons() {
  return useQuery({
    queryKey: ['reasons'], queryFn: () => got(api.GET('/api/v1/staff/reasons')), staleTime: Infinity, gcTime: Infinity,
  })
}

/** useMove does something with a ticket; afterwards everything that shows it is read again. */
export function useMove(number: Ref<string>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: MoveInput) => got(api.POST('/api/v1/staff/tickets/{number}/moves', { ...path(number.value), body })),
    onSuccess(ticket) {
      if (ticket.letter.received_at) queries.setQueryData(['ticket', ticket.ticket.number], ticket)
      void queries.invalidateQueries({ queryKey: ['ticket', ticket.ticket.number] })
      void queries.invalidateQueries({ queryKey: ['tickets'] })
      void queries.invalidateQueries({ queryKey: ['reviews'] })
    },
    onError(err) {
      if (isConflict(err)) void queries.invalidateQueries({ queryKey: ['ticket', number.value] })
    },
  })
}

/** isStale reports whether somebody else was faster. */
export const isStale = (err: unknown) => problemOf(err).code === 'ticket.stale'
