import { QueryClient } from '@tanstack/vue-query'
import { expect, test } from 'vitest'
import { neighbours } from './walk'

const page = (...numbers: string[]) => ({ tickets: numbers.map((number) => ({ number })), next: '' })

test('one goes on through the list that was read last and holds the ticket, over its pages', () => {
  const queries = new QueryClient()
  queries.setQueryData(['tickets', { mine: true }], page('b', 'c'), { updatedAt: 1 })
  queries.setQueryData(['tickets', {}], { pages: [page('a', 'b'), page('c')], pageParams: [] }, { updatedAt: 2 })
  queries.setQueryData(['tickets', { q: 'x' }], page('z'), { updatedAt: 3 })
  expect(neighbours(queries, 'b')).toEqual({ before: 'a', after: 'c', at: 2, of: 3 })
  expect(neighbours(queries, 'c').after).toBeUndefined()
})

test('without a list there is nowhere to go', () => {
  expect(neighbours(new QueryClient(), 'a')).toEqual({})
})
