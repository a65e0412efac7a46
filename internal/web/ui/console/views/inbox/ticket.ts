import type { Schemas } from '../../api/client'

export type Ticket = Schemas['TicketSummary']

const waiting = new Set(['received', 'supplement', 'accepted', 'dispatched', 'handling', 'reviewing', 'merged'])

/** unanswered reports whether a date is still waited for. */
export const unanswered = (t: Pick<Ticket, 'status'>) => waiting.has(t.status)

/** How somebody may give a ticket to a unit now, of what they may do at all. */
export type Assigning = 'dispatch' | 'reassign'

/** assigning is how t is given to a unit; undefined: it is not. */
export function assigning(t: Pick<Ticket, 'status'>, may: (move: Assigning) => boolean): Assigning | undefined {
  const move = t.status === 'received' || t.status === 'accepted' ? 'dispatch' : t.status === 'dispatched' || t.status === 'handling' ? 'reassign' : undefined
  return move && may(move) ? move : undefined
}
