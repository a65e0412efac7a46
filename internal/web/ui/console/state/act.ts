import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { ElMessage } from 'element-plus'

/**
 * useAct is one thing people do: that it is done is said, and what it changed, by
 * the topics of queries, is asked for again.
 */
export function useAct<In, Out>(act: (given: In) => Promise<Out>, done: string | ((out: Out, given: In) => string), ...topics: string[]) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSuccess: (out, given) => {
      ElMessage.success(typeof done === 'string' ? done : done(out, given))
      for (const topic of topics) void queries.invalidateQueries({ queryKey: [topic] })
    },
  })
}
