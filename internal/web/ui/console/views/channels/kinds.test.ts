import { expect, test } from 'vitest'
import { told } from './kinds'

test('a delivery is called by its event, else by the move of the ticket, else as it is', () => {
  const names: Record<string, string> = { 'events ticket.closed': '办结', 'moves extend': '延期' }
  const name = (list: string, code: string) => names[`${list} ${code}`] ?? code
  expect(['ticket.closed', 'ticket.extend', 'sms'].map((k) => told(k, name))).toEqual(['办结', '延期', 'sms'])
})
