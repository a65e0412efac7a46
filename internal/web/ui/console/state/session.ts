// Who is signed in, and what that person may do. The server decides; the page only
// leaves out what would be refused.
import { computed, ref } from 'vue'
import { api, got, type Schemas } from '../api/client'
import { Problem } from '../api/problem'
import { dropDrafts } from '../lib/draft'

export type User = Schemas['UserBody']

/** What a person may do, in the server's words. */
export type Right = User['can'][number]

/** What must be done before anything else; the server refuses the rest until then. */
export type Need = NonNullable<Schemas['SessionBody']['needs']>

const user = ref<User>()
const first = ref<Need>()

export const me = computed(() => user.value)
export const needs = computed(() => first.value)

export function can(right: Right): boolean {
  return user.value?.can.includes(right) ?? false
}

/** resume finds out who is signed in; false: nobody is. */
export async function resume(): Promise<boolean> {
  if (user.value) return true
  try {
    enter(await got(api.GET('/api/v1/staff/session')))
    return true
  } catch (err) {
    if (err instanceof Problem && (err.status === 401 || err.code === 'factor.needed')) return false
    throw err
  }
}

/** signIn begins a session, or half of one; answered is what was asked of whoever tries very often. */
export async function signIn(login: string, password: string, answered?: { token: string; answer: string }): Promise<Need | undefined> {
  const headers = answered ? { 'Captcha-Token': answered.token, 'Captcha-Answer': answered.answer.trim() } : {}
  return enter(await got(api.POST('/api/v1/staff/session', { body: { login: login.trim().toLowerCase(), password }, params: { header: headers } })))
}

/** prove completes half a session with a code of the second factor. */
export async function prove(code: string): Promise<Need | undefined> {
  return enter(await got(api.POST('/api/v1/staff/session/factor', { body: { code } })))
}

function enter(session: Schemas['SessionBody']): Need | undefined {
  user.value = session.user
  first.value = session.needs
  return session.needs
}

/** still reports whether this browser is signed in, as far as one can tell. */
export async function still(): Promise<boolean> {
  try {
    enter(await got(api.GET('/api/v1/staff/session')))
    return true
  } catch (err) {
    return !(err instanceof Problem && (err.status === 401 || err.status === 403))
  }
}

/** again asks anew who is signed in: something about it has changed. */
export async function again(): Promise<boolean> {
  forget()
  return resume()
}

/** signOut ends the session here whatever the server says: the way out must work. */
export async function signOut(): Promise<void> {
  try {
    await got(api.DELETE('/api/v1/staff/session'))
  } finally {
    if (user.value) dropDrafts(user.value.id)
    forget()
  }
}

export async function changePassword(old: string, fresh: string): Promise<void> {
  await got(api.POST('/api/v1/staff/password', { body: { old, new: fresh } }))
  forget() // every session has ended
}

/** forget drops what is known of a session that has ended. */
export function forget(): void {
  user.value = undefined
  first.value = undefined
}
