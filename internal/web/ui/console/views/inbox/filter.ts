// What a list of tickets is asked for. It is the query of the address and of the
// server alike, so that a list can be shared, and the way back leads to it.
import type { LocationQuery } from 'vue-router'
import type { paths } from '../../api/schema'

type Asked = NonNullable<paths['/api/v1/staff/tickets']['get']['parameters']['query']>

/** What makes a saved view. */
const viewKeys = ['aspect', 'mine', 'co', 'supervised', 'unassigned', 'status', 'lead'] as const
/** What narrows one. */
const narrowing = ['kind', 'category', 'district', 'channel', 'q'] as const

const keys = [...viewKeys, ...narrowing, 'sort'] as const

export type Key = (typeof keys)[number] & keyof Asked
export type Wanted = Partial<Record<Key, string>>

/** fromURL reads a filter from an address; what is no filter is left out. */
export function fromURL(query: LocationQuery): Wanted {
  const wanted: Wanted = {}
  for (const key of keys) {
    const value = query[key]
    if (typeof value === 'string' && value.trim()) wanted[key] = value.trim().slice(0, 500)
  }
  return wanted
}

/** fromView reads the filter of a saved view. */
export const fromView = (query: string): Wanted => fromURL(Object.fromEntries(new URLSearchParams(query)))

/** shows reports whether what is wanted is a saved view, narrowed or not. */
export const shows = (wanted: Wanted, view: Wanted) => viewKeys.every((key) => wanted[key] === view[key])

/** narrowed reports whether more is asked for than a saved view does. */
export const narrowed = (wanted: Wanted) => narrowing.some((key) => wanted[key])

/** changed is wanted with another value; an empty one takes it out. */
export function changed(wanted: Wanted, key: Key, value: string): Wanted {
  const { [key]: _, ...rest } = wanted
  return value ? { ...rest, [key]: value } : rest
}

/** asked is wanted as the server is asked for it. */
export function asked(wanted: Wanted): Asked {
  const { status, kind, mine, co, supervised, unassigned, ...rest } = wanted
  const list = (value: string | undefined) => value?.split(',')
  const flag = (value: string | undefined) => value === 'true' || undefined
  return {
    ...(rest as Asked), // what is no value of the server's is refused by it, and said
    status: list(status) as Asked['status'],
    kind: list(kind),
    mine: flag(mine), co: flag(co), supervised: flag(supervised), unassigned: flag(unassigned),
  }
}
