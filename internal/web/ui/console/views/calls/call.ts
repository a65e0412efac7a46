// A call as whoever takes it writes it down.
import type { Schemas } from '../../api/client'
import { problemOf } from '../../api/problem'

type Body = Schemas['PhoneBody']

export interface Call {
  line: string
  outcome: '' | Body['outcome']
  kind: string
  text: string
  category: string
  district: string
  urgency: '' | 'urgent' | 'emergency'
  name: string
  phone: string
  bySMS: boolean
  about: string
  fields: Record<string, string>
  entry: string
  warned: boolean
}

export const blank = (): Call => ({
  line: '', outcome: '', kind: '', text: '', category: '', district: '', urgency: '', name: '', phone: '', bySMS: false, about: '', fields: {}, entry: '', warned: false,
})

const nothingAsked = new Set(['silent', 'abusive', 'wrong_number'])

/** asked reports whether the caller wanted something. */
export const asked = (outcome: Call['outcome']) => outcome !== '' && !nothingAsked.has(outcome)

/** body sends what was filled in, and nothing that the outcome has no room for. */
export function body(c: Call): Body {
  const contact = c.phone || c.name ? { contact: { name: c.name, phone: c.phone, ...(c.bySMS ? { by_sms: true } : {}) } } : {}
  return {
    line: c.line,
    outcome: c.outcome as Body['outcome'],
    ...filled({ text: c.text.trim(), kind: c.kind, category: c.category, district: c.district, urgency: c.urgency }),
    ...contact,
    ...(c.about.trim() ? { about: [c.about.trim()] } : {}),
    ...(Object.values(c.fields).some(Boolean) ? { fields: filled(c.fields) } : {}),
    ...(c.outcome === 'answered' && c.entry ? { entry: c.entry } : {}),
    ...(c.warned ? { warned: true } : {}),
  }
}

const filled = (fields: Record<string, string>) => Object.fromEntries(Object.entries(fields).filter(([, v]) => v))

/** faultOf is what the server says about one field. */
export const faultOf = (err: unknown, pointer: string) => (err ? problemOf(err).faults.find((f) => f.pointer === pointer)?.message : undefined)
