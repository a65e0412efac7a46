type Name = (list: 'events' | 'moves' | 'messages' | 'carriers', code: string) => string

/** told is what a delivery tells of: by its event, what else it is, or the move of a ticket. */
export function told(kind: string, name: Name): string {
  const known = (['events', 'messages'] as const).map((list) => name(list, kind)).find((found) => found !== kind)
  return known ?? name('moves', kind.replace(/^ticket\./, ''))
}

/** led is where a route leads, with the names of those that have one. */
export function led(route: string, name: Name, titles: Map<string, string>): string {
  const [carrier = '', rest = ''] = route.split('/', 2)
  return titles.get(route) ?? `${name('carriers', carrier)} ${titles.get(rest) ?? rest}`.trim()
}
