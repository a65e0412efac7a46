// What the trail is asked for, and where what it tells of can be looked at.
import type { LocationQuery } from 'vue-router'
import type { Schemas } from '../../api/client'
import { instant, isDay, plusDays } from '../../lib/local'
import type { Right } from '../../state/session'

export type Entry = Schemas['EntryOfTrail']
export type Verification = Schemas['VerificationBody']

const keys = ['subject', 'actor', 'action', 'from', 'to'] as const
export type Wanted = Partial<Record<(typeof keys)[number], string>>

/** fromURL reads what is looked for from an address; what is no day is left out. */
export function fromURL(query: LocationQuery): Wanted {
  const wanted: Wanted = {}
  for (const key of keys) {
    const value = query[key]
    if (typeof value !== 'string' || !value.trim()) continue
    if ((key === 'from' || key === 'to') && !isDay(value)) continue
    wanted[key] = value.trim()
  }
  return wanted
}

/** asQuery is wanted as the server is asked for it: the last day is one of them. */
export const asQuery = (w: Wanted) => ({
  subject: w.subject,
  actor: w.actor,
  action: w.action?.split(','),
  from: w.from && instant(w.from),
  to: w.to && instant(plusDays(w.to, 1)),
})

/** Where subjects have pages, by kind, and the rights that open them. */
const pages: Record<string, { at: (s: Entry['subject']) => string; needs: Right[] }> = {
  ticket: { at: (s) => (s.number ? `/tickets/${s.number}` : ''), needs: ['tickets'] },
  review: { at: (s) => `/reviews/${s.id}`, needs: ['review', 'drafts'] },
  entry: { at: (s) => `/library/${s.id}`, needs: ['review', 'publish', 'drafts'] },
  gap: { at: (s) => `/gaps/${s.id}`, needs: ['edit', 'drafts', 'watch'] },
  signal: { at: (s) => `/signals/${s.id}`, needs: ['signals'] },
  consultation: { at: (s) => `/consultations/${s.id}`, needs: ['consult', 'publish'] },
  delivery: { at: (s) => `/deliveries/${s.id}`, needs: ['channels'] },
  webhook: { at: (s) => `/webhooks/${s.id}`, needs: ['channels'] },
}

/** pageOf is where a subject can be looked at by whoever may; empty: nowhere. */
export function pageOf(subject: Entry['subject'], may: (right: Right) => boolean): string {
  const page = pages[subject.kind]
  return page && subject.id && page.needs.some(may) ? page.at(subject) : ''
}

/** subjectQuery is how a subject is looked for. */
export const subjectQuery = (s: Entry['subject']) => s.number ?? (s.id ? `${s.kind}/${s.id}` : '')

/** telling are the details that say something to people: no ids, no hashes. */
export const telling = (details: Entry['details']) => details.filter((d) => d.text && !/^([0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(d.text))

/** grouped are the actions by what they are about, in their order. */
export function grouped(words: Schemas['AuditWord'][]): { group: string; actions: Schemas['AuditWord'][] }[] {
  const groups = new Map<string, Schemas['AuditWord'][]>()
  for (const w of words) groups.set(w.group, [...(groups.get(w.group) ?? []), w])
  return [...groups].map(([group, actions]) => ({ group, actions }))
}

/** anchor is where the chains end, as `jiesu audit verify --anchor` reads it. */
export const anchor = (v: Verification) => v.lanes.map((l) => `${l.lane} ${l.entries} ${l.hash}\n`).join('')
