// Which accounts are listed, and what a change of one will do.
import type { LocationQuery } from 'vue-router'
import type { Schemas } from '../../api/client'

export type Account = Schemas['AccountBody']
export type Role = Account['roles'][number]

const keys = ['q', 'unit', 'role', 'state'] as const
export type Wanted = Partial<Record<(typeof keys)[number], string>>

/** fromURL reads what is wanted from an address. */
export function fromURL(query: LocationQuery): Wanted {
  const wanted: Wanted = {}
  for (const key of keys) {
    const value = query[key]
    if (typeof value === 'string' && value.trim()) wanted[key] = value.trim()
  }
  return wanted
}

/** States of accounts people look for. */
export const states = { on: '可以登录', off: '已停用', fresh: '还没有换密码', single: '没有二次验证', bare: '没有角色' } as const

/** matching are the accounts that are wanted; a unit stands for all below it, too. */
export function matching(all: Account[], wanted: Wanted, path: (unit: string) => string): Account[] {
  const q = wanted.q?.toLowerCase()
  const top = wanted.unit ? path(wanted.unit) : ''
  return all.filter(
    (u) =>
      (!q || u.login.includes(q) || u.name.toLowerCase().includes(q)) &&
      (!wanted.unit || u.unit === wanted.unit || (top !== '' && path(u.unit).startsWith(`${top}/`))) &&
      (!wanted.role || (u.roles as string[]).includes(wanted.role)) &&
      (!wanted.state || (wanted.state === 'off') === u.disabled) &&
      (wanted.state !== 'fresh' || u.must_change) &&
      (wanted.state !== 'single' || !u.factor) &&
      (wanted.state !== 'bare' || u.roles.length === 0),
  )
}

/** What an account is to be. */
export interface Form {
  login: string
  name: string
  unit: string
  roles: Role[]
}

/** changes tells what a change does, in sentences; none: nothing is different. */
export function changes(was: Account, now: Form, unitName: (id: string) => string, roleName: (code: string) => string): string[] {
  const said: string[] = []
  const named = (roles: string[]) => roles.map((r) => `“${roleName(r)}”`).join('、')
  if (now.name.trim() !== was.name) said.push(`姓名改为“${now.name.trim()}”，以前的记录也显示新的姓名。`)
  if (now.unit !== was.unit) said.push(`从“${unitName(was.unit)}”调到“${unitName(now.unit)}”，看得到的来信随之改变；原单位的来信留在原单位。`)
  const more = now.roles.filter((r) => !was.roles.includes(r))
  const less = was.roles.filter((r) => !now.roles.includes(r))
  if (more.length) said.push(`增加角色${named(more)}。`)
  if (less.length) said.push(`去掉角色${named(less)}。`)
  if (more.length || less.length) said.push('已登录的设备都会退出，重新登录以后按新的角色办理。')
  else if (now.unit !== was.unit) said.push('从下一次操作起生效，不用重新登录。')
  return said
}

/** apart reports whether roles may not be one person's: of the three administrators each is another. */
export const apart = (roles: readonly string[]) => ['admin', 'security', 'auditor'].filter((r) => roles.includes(r)).length > 1

/** gives reports whether somebody may say who has which role: until there is a security administrator, who looks after accounts. */
export const gives = (rights: { secure: boolean; users: boolean }, all: Pick<Account, 'roles'>[]) =>
  rights.secure || (rights.users && !all.some((u) => u.roles.includes('security')))
