import { describe, expect, it } from 'vitest'
import { type Account, apart, changes, fromURL, gives, matching } from './users'

const account = (given: Partial<Account>): Account => ({
  id: 'u1', login: 'zhang', name: '张三', unit: 'patrol', roles: ['handler'], must_change: false, disabled: false, factor: false,
  created_at: '2026-01-01T00:00:00+08:00', sessions: 0, version: 1, ...given,
})

const path = (unit: string) => ({ bureau: 'bureau', patrol: 'bureau/patrol', squad: 'bureau/patrol/squad', patrolling: 'bureau/patrolling' })[unit] ?? ''

describe('accounts that are wanted', () => {
  const all = [
    account({ id: 'a' }),
    account({ id: 'b', login: 'li.si', name: '李四', unit: 'squad', roles: ['head', 'handler'], must_change: true }),
    account({ id: 'c', login: 'wang', name: '王五', unit: 'patrolling', disabled: true, must_change: true }),
    account({ id: 'd', login: 'zhao', name: '赵六', unit: 'gone', roles: ['admin'] }),
  ]
  const found = (query: Record<string, string>) => matching(all, fromURL(query), path).map((u) => u.id).join('')

  it('are all without a filter, and what is no filter counts for nothing', () => {
    expect(found({})).toBe('abcd')
    expect(found({ q: ' ', page: '2' })).toBe('abcd')
  })
  it('are found by login and by name', () => {
    expect(found({ q: 'LI.' })).toBe('b')
    expect(found({ q: '三' })).toBe('a')
  })
  it('are those of a unit and of all below it', () => {
    expect(found({ unit: 'patrol' })).toBe('ab')
    expect(found({ unit: 'bureau' })).toBe('abc')
    expect(found({ unit: 'gone' })).toBe('d') // a unit the house does not know any more
  })
  it('are those with a role, and in a state', () => {
    expect(found({ role: 'handler' })).toBe('abc')
    expect(found({ state: 'off' })).toBe('c')
    expect(found({ state: 'on', role: 'handler' })).toBe('ab')
    expect(found({ state: 'bare' })).toBe('')
    expect(found({ state: 'single' })).toBe('abd')
    expect(found({ state: 'fresh' })).toBe('b') // who may not sign in need not change anything
  })
})

describe('what a change does', () => {
  const was = account({})
  const say = (now: Partial<Account>) => changes(was, { ...was, ...now }, (u) => u, (r) => r)

  it('is nothing where nothing differs', () => {
    expect(say({ name: '张三 ' })).toEqual([])
  })
  it('is told piece by piece', () => {
    const said = say({ name: '张山', unit: 'squad', roles: ['head'] }).join('')
    for (const part of ['张山', '从“patrol”调到“squad”', '增加角色“head”', '去掉角色“handler”', '设备都会退出']) expect(said).toContain(part)
    expect(say({ unit: 'squad' }).join('')).toContain('不用重新登录')
    expect(say({ name: '张山' }).join('')).not.toContain('下一次操作')
  })
  it('never makes who looks after accounts watch over it', () => {
    expect(apart(['admin', 'auditor'])).toBe(true)
    expect(apart(['admin', 'security'])).toBe(true)
    expect(apart(['security', 'auditor', 'head'])).toBe(true)
    expect(apart(['admin', 'taskforce'])).toBe(false)
  })
  it('gives roles by the security administrator alone, once there is one', () => {
    const some = [account({ roles: ['admin'] })]
    expect(gives({ secure: false, users: true }, some)).toBe(true)
    expect(gives({ secure: false, users: true }, [...some, account({ roles: ['security'] })])).toBe(false)
    expect(gives({ secure: true, users: false }, some)).toBe(true)
    expect(gives({ secure: false, users: false }, some)).toBe(false)
  })
})
