// Who is signed in, and what that person may do. The server decides; the page only
// leaves out what would be refused.
import { computed, ref } from 'vue'
import { api, got, type Schemas } from '../api/client'
import { Problem } from '../api/problem'
import { dropDrafts } from '../lib/draft'

export type User = Schemas['UserBody']

/** What a person may do, in the server's words. */
export type Right = User['can'][number]

const user = ref<User>()

export const me = computed(() => user.value)

export function can(right: Right): boolean {
  return user.value?.can.includes(right) ?? false
}

/** resume finds out who is signed in; false: nobody is. */
export async function resume(): Promise<boolean> {
  if (user.value) return true
  try {
    user.value = (await got(api.GET('/api/v1/staff/session'))).user
    return true
  } catch (err) {
    if (err instanceof Problem && err.status === 401) return false
    throw err
  }
}

/** signIn begins a session; answered is what was asked of whoever tries very often. */
export async function signIn(login: string, password: string, answered?: { token: string; answer: string }): Promise<User> {
  const headers = answered ? { 'Captcha-Token': answered.token, 'Captcha-Answer': answered.answer.trim() } : {}
  const { user: known } = await got(api.POST('/api/v1/staff/session', { body: { login: login.trim().toLowerCase(), password }, headers }))
  user.value = known
  return known
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
}
