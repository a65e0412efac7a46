import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'

export type Consultation = Schemas['StaffConsultationBody']

export const useConsultation = (id: Ref<string>) =>
  useQuery({
    queryKey: ['consultation', id],
    queryFn: () => got(api.GET('/api/v1/staff/consultations/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })

/** useMoveConsultation does something with a consultation as it was seen. */
export function useMoveConsultation(c: Ref<Consultation>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (move: Omit<Schemas['MoveConsultationInputBody'], 'version'>) =>
      got(api.POST('/api/v1/staff/consultations/{id}/moves', { params: { path: { id: c.value.id } }, body: { ...move, version: c.value.version } })),
    onSuccess(moved) {
      queries.setQueryData(['consultation', moved.id], moved)
      for (const topic of ['consultations', 'reviews']) void queries.invalidateQueries({ queryKey: [topic] })
    },
  })
}
