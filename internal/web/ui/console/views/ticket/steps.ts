// The timeline in words.
import type { Schemas } from '../../api/client'

type Event = Schemas['EventView']
type Ticket = Schemas['TicketBody']

export interface Step {
  seq: number
  at: string
  move: Event['move']
  who: string
  unit: string
  reason: string
  note: string // internal
  read: string // by the citizen
  into: string // the status it led to; empty: it stayed
}

export interface Namer {
  person: (id: string) => string
  unit: (id: string) => string
  reason: (move: string, code: string) => string
}

/** What a citizen does; the rest nobody has done is the desk's own. */
const citizens: readonly string[] = ['open', 'supply', 'rate', 'withdraw', 'repeat']

/** stepsOf are the events of a ticket, the newest first. */
export function stepsOf(t: Ticket, names: Namer): Step[] {
  return t.events
    .map((e) => ({
      seq: e.seq, at: e.at, move: e.move,
      who: e.actor ? names.person(e.actor) : citizens.includes(e.move) ? '来信人' : '系统',
      unit: e.actor ? names.unit(e.unit) : '',
      reason: (e.reason ?? '').split(',').filter(Boolean).map((code) => names.reason(e.move, code)).join('、'),
      note: e.note ?? '',
      read: e.public ?? '',
      into: e.from !== e.to ? e.to : '',
    }))
    .reverse()
}
