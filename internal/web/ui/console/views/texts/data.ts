// What the views of texts ask the server for, under keys they share.
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'

export type Text = Schemas['TextBody']
export type TextSummary = Schemas['TextSummary']
export type Content = Schemas['TextContentBody']
export type Gate = Schemas['MoveTextInputBody']['gate'] & string
export type TextMove = Omit<Schemas['MoveTextInputBody'], 'hash'>

/** useReviewReasons gives the codes a text is sent back and disclosed with. */
export const useReviewReasons = () =>
  useQuery({ queryKey: ['review-reasons'], queryFn: () => got(api.GET('/api/v1/staff/reviews/reasons')), staleTime: Infinity, gcTime: Infinity })

export const useText = (id: Ref<string>) =>
  useQuery({
    queryKey: ['review', id],
    queryFn: () => got(api.GET('/api/v1/staff/reviews/{id}', { params: { path: { id: id.value } } })),
    enabled: computed(() => id.value !== ''),
  })

/** useWaiting lists the texts whose step one may take, the longest wait first. */
export const useWaiting = () =>
  useQuery({ queryKey: ['reviews', { mine: true }], queryFn: async () => (await got(api.GET('/api/v1/staff/reviews', { params: { query: { mine: true } } }))).texts })

/** latest is the content that is worked on. */
export const latest = (text: Text): Content => text.versions[text.versions.length - 1]!.content

/** useReasonName names the code a text was sent back or withdrawn by. */
export function useReasonName() {
  const { data } = useReviewReasons()
  const names = computed(() => new Map([...(data.value?.gates.flatMap((g) => g.reasons) ?? []), ...(data.value?.withdrawals ?? [])].map((r) => [r.code, r.name])))
  return (code: string | undefined) => (code ? (names.value.get(code) ?? code) : '')
}
