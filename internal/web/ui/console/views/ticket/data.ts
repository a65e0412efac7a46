// What the page of a ticket asks of the server, and what changes when somebody
// does something with it.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, ref, type Ref } from 'vue'
import { api, got } from '../../api/client'
import { isConflict, problemOf } from '../../api/problem'
import type { MoveInput } from './moves'

const path = (number: string) => ({ params: { path: { number } } })

export function useTicket(number: Ref<string>) {
  return useQuery({
    queryKey: computed(() => ['ticket', number.value]),
    queryFn: () => got(api.GET('/api/v1/staff/tickets/{number}', path(number.value))),
  })
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
