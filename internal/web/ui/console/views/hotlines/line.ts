import type { Schemas } from '../../api/client'

export type Line = Schemas['StaffLine']

/** proposed is what a form says of a line: of one that is there, without who is on duty. */
export function proposed(line: Line): Line {
  const { id, number, name, use, hours, scope, group, category, certainty, note, unit, closed } = line
  const all: Line = { id, number: number.trim(), name: name.trim(), use: use.trim(), hours, scope, group, category, certainty, note, unit, closed }
  return Object.fromEntries(Object.entries(all).filter(([key, v]) => (v !== undefined && v !== '' && v !== false) || key === 'number')) as unknown as Line
}
