import { expect, test } from 'vitest'
import { led, told } from './kinds'

const names: Record<string, string> = { 'events ticket.closed': '办结', 'moves extend': '延期', 'messages robot.test': '试发', 'carriers robot': '群机器人', 'carriers webhook': '推送地址' }
const name = (list: string, code: string) => names[`${list} ${code}`] ?? code

test('a delivery is called by its event, what else it is, the move of a ticket, else as it is', () => {
  expect(['ticket.closed', 'ticket.extend', 'robot.test', 'sms'].map((k) => told(k, name))).toEqual(['办结', '延期', '试发', 'sms'])
})

test('a route is called by its title, or by how something is sent and to whom', () => {
  const titles = new Map([['inbound/mayor', '市长信箱'], ['0a1b', '市政务平台']])
  expect(['inbound/mayor', 'webhook/0a1b', 'robot/traffic', 'sms/'].map((r) => led(r, name, titles))).toEqual(['市长信箱', '推送地址 市政务平台', '群机器人 traffic', 'sms'])
})
