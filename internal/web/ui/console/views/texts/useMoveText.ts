import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, got } from '../../api/client'
import { isConflict } from '../../api/problem'
import type { Text, TextMove } from './data'

/** useMoveText does something with a text as it was read; whoever was faster is shown, and nothing typed is lost. */
export function useMoveText(text: Ref<Text>) {
  const queries = useQueryClient()
  const moving = useMutation({
    mutationFn: (move: TextMove) => got(api.POST('/api/v1/staff/reviews/{id}/moves', { params: { path: { id: text.value.id } }, body: { ...move, hash: text.value.hash } })),
    onSuccess(moved) {
      queries.setQueryData(['review', moved.id], moved)
      void queries.invalidateQueries({ queryKey: ['reviews'] })
      void queries.invalidateQueries({ queryKey: ['library'] })
    },
  })
  return {
    ...moving,
    conflict: computed(() => isConflict(moving.error.value)),
    reread: async () => {
      await queries.invalidateQueries({ queryKey: ['review', text.value.id] })
      moving.reset()
    },
  }
}
