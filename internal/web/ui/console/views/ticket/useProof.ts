// A machine reads along: what is written is checked when the writer pauses.
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'
import { carried } from './findings'

type Outcome = Schemas['MoveBody']['outcome']

const pause = 600 // milliseconds

export function useProof(number: string, text: Ref<string>, outcome: Ref<Outcome | ''>) {
  const asked = ref({ text: '', outcome: '' as Outcome | '' })
  let wait: ReturnType<typeof setTimeout> | undefined
  watch([text, outcome], () => {
    clearTimeout(wait)
    wait = setTimeout(() => (asked.value = { text: text.value, outcome: outcome.value }), pause)
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(wait))

  const read = useQuery({
    queryKey: computed(() => ['proofs', number, asked.value.text, asked.value.outcome]),
    queryFn: async ({ signal }) => {
      const { text: was, outcome: as } = asked.value
      const body = { text: was, number, ...(as && { outcome: as }) }
      const answer = await got(api.POST('/api/v1/staff/proofs', { body, signal }))
      return { text: was, findings: answer.findings }
    },
    enabled: computed(() => asked.value.text.trim() !== ''),
    gcTime: 0, // nothing of a reply in the making is kept
    retry: false,
    placeholderData: keepPreviousData,
  })
  const findings = computed(() => (text.value.trim() && read.data.value ? carried(read.data.value.findings, read.data.value.text, text.value) : []))
  const current = computed(() => read.data.value?.text === text.value && !read.isFetching.value)
  return { findings, current, failed: read.error }
}
