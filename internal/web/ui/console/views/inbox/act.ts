// What is done with tickets right from a list.
import { api, got, type Schemas } from '../../api/client'
import type { Assigning, Ticket } from './ticket'

/** Moves that need no word beside them: a press is enough. */
const plain = ['accept', 'sign', 'take']

/** quick are the moves of a ticket that can be made from a list. */
export const quick = (moves: string[]) => plain.filter((m) => moves.includes(m))

/** Where a ticket is to go. */
export interface Assignment {
  ticket: Ticket
  how: Assigning
  unit: string
}

type Dispatched = Schemas['DispatchedBody']

/** What became of it; without a refusal it is there. */
export interface Assigned {
  number: string
  refusal?: string
  now?: Dispatched['now'] // somebody else was faster: as they left it
}

/** outcomes are the server's in the words of the page. */
export const outcomes = (results: Dispatched[]): Assigned[] =>
  results.map((r) => ({ number: r.number, ...(!r.dispatched && { refusal: r.detail ?? '没有派出。', ...(r.now && { now: r.now }) }) }))

/** bodyOf asks for all of them at once, each on the version that was seen: a newer one is refused, and holds no other back. */
export const bodyOf = (plan: Assignment[], note: string, reason: string) => ({
  tickets: plan.map(({ ticket, how, unit }) => ({ number: ticket.number, version: ticket.version, move: how, unit })),
  ...(note && { note }),
  ...(reason && plan.some((a) => a.how === 'reassign') && { reason }),
})

/** assignAll sends it under a key: sent again after a failure it does nothing twice. */
export const assignAll = async (body: ReturnType<typeof bodyOf>, key: string): Promise<Assigned[]> =>
  outcomes((await got(api.POST('/api/v1/staff/tickets/dispatches', { body, params: { header: { 'Idempotency-Key': key } } }))).results)

/**
 * unmoved are those that were refused because something was noted on them since they
 * were seen, as the desk does of similar letters: they stand where they stood, and
 * may be asked for again as they are now.
 */
export const unmoved = (plan: Assignment[], all: Assigned[]): Assignment[] =>
  plan.flatMap(({ ticket, how, unit }) => {
    const now = all.find((a) => a.number === ticket.number)?.now
    return now && now.status === ticket.status && now.lead === ticket.lead ? [{ ticket: { ...ticket, version: now.version }, how, unit }] : []
  })

export type Suggestions = Schemas['SuggestionsBody']
