import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { ElMessage, ElMessageBox } from 'element-plus'

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

/** sure asks before something that is not undone: what will happen is said first. */
export const sure = (what: string, title: string, verb: string): Promise<boolean> =>
  ElMessageBox.confirm(what, title, { confirmButtonText: verb, cancelButtonText: '不了' }).then(
    () => true,
    () => false,
  )
