// From one ticket to the next of the list it was opened from: the lists that were
// read last are still known.
import type { QueryClient } from '@tanstack/vue-query'
import type { Schemas } from '../../api/client'

type Page = Schemas['TicketsBody']

const numbersOf = (data: unknown): string[] => {
  const pages = (data as { pages?: Page[] } | undefined)?.pages ?? [data as Page | undefined]
  return pages.flatMap((p) => p?.tickets ?? []).map((t) => t.number)
}

/** neighbours are the tickets before and after number in the list seen last that holds it. */
export function neighbours(queries: QueryClient, number: string): { before?: string; after?: string; at?: number; of?: number } {
  const lists = queries
    .getQueryCache()
    .findAll({ queryKey: ['tickets'] })
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .map((q) => numbersOf(q.state.data))
  const list = lists.find((numbers) => numbers.includes(number))
  if (!list) return {}
  const i = list.indexOf(number)
  return { before: list[i - 1], after: list[i + 1], at: i + 1, of: list.length }
}
