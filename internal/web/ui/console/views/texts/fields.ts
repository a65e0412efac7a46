// What is published with a text, as the server describes it for forms.
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { api, got, type Schemas } from '../../api/client'
import { instant, local } from '../../lib/local'
import type { Content } from './data'

export type Field = Schemas['TextFieldBody']
export type Writable = 'entry' | 'notice'
export type Values = Record<string, string>

export const writable = (kind: unknown): kind is Writable => kind === 'entry' || kind === 'notice'

export const useFields = (kind: Ref<string>) =>
  useQuery({
    queryKey: ['words', 'fields', kind],
    queryFn: () => got(api.GET('/api/v1/staff/reviews/fields', { params: { query: { kind: kind.value as Writable } } })),
    enabled: computed(() => writable(kind.value)),
    staleTime: Infinity,
  })

/** useFieldValue names what was chosen for an attribute; what is written stays as it is. */
export function useFieldValue(kind: Ref<string>) {
  const { data } = useFields(kind)
  return (name: string, value: string) => data.value?.fields.find((f) => f.name === name)?.options.find((o) => o.code === value)?.name ?? value
}

/** valuesOf is a text as a form shows it. */
export function valuesOf(content: Content, fields: Field[]): Values {
  const values: Values = Object.fromEntries(fields.map((f) => [f.name, f.name === 'level' || f.name === 'audience' ? (f.options[0]?.code ?? '') : '']))
  for (const a of content.attributes ?? []) values[a.name] = fields.find((f) => f.name === a.name)?.type === 'datetime-local' ? moment(a.value) : a.value
  return values
}

/** attributesOf is what was written into a form, without what was left empty. */
export function attributesOf(values: Values, fields: Field[]): Schemas['AttributeBody'][] {
  return fields.flatMap((f) => {
    const value = (values[f.name] ?? '').trim()
    if (!value) return []
    return [{ name: f.name, value: f.type === 'datetime-local' ? instant(value.slice(0, 16)) : value }]
  })
}

const moment = (t: string): string => (Number.isNaN(Date.parse(t)) ? '' : local(t))
