/** told is what a delivery tells of: by its event, or the move of a ticket. */
export function told(kind: string, name: (list: 'events' | 'moves', code: string) => string): string {
  const event = name('events', kind)
  return event === kind ? name('moves', kind.replace(/^ticket\./, '')) : event
}
