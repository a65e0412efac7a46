// What is asked of the server is kept for a short while and asked again when
// somebody says that it has changed.
import { QueryCache, MutationCache, QueryClient } from '@tanstack/vue-query'
import { problemOf } from '../api/problem'

export function newQueries(unauthenticated: () => void): QueryClient {
  const watch = (err: Error) => {
    if (problemOf(err).status === 401) unauthenticated()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (tries, err) => tries < 2 && problemOf(err).passing,
        retryDelay: (tries, err) => Math.max(problemOf(err).after * 1000, 1000 * 2 ** tries),
      },
    },
  })
}
