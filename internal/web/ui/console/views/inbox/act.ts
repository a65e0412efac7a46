// What is done with tickets right from a list.
import { api, got, type Schemas } from '../../api/client'
import { problemOf } from '../../api/problem'
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

/** What became of it; without a refusal it is there. */
export interface Assigned {
  number: string
  refusal?: string
  stale?: boolean // somebody else was faster
}

type Send = (a: Assignment) => Promise<unknown>

/** assignAll sends each ticket to its unit, a few at a time; one that is refused keeps no other back. */
export async function assignAll(assignments: Assignment[], send: Send, done: (a: Assigned) => void, atOnce = 4): Promise<void> {
  const rest = [...assignments]
  const worker = async () => {
    for (let a = rest.shift(); a; a = rest.shift()) {
      const number = a.ticket.number
      try {
        await send(a)
        done({ number })
      } catch (err) {
        const p = problemOf(err)
        done({ number, refusal: p.message, stale: p.status === 409 })
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, rest.length) }, worker))
}

/** send makes the move on the version that was seen: a newer one is refused. */
export const send =
  (note: string, reason: string): Send =>
  (a) =>
    got(
      api.POST('/api/v1/staff/tickets/{number}/moves', {
        params: { path: { number: a.ticket.number } },
        body: { move: a.how, version: a.ticket.version, unit: a.unit, note, ...(a.how === 'reassign' ? { reason } : {}) },
      }),
    )

export type Suggestions = Schemas['SuggestionsBody']
