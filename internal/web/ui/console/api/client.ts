// The API as the server describes it. schema.d.ts is generated from openapi.json by
// the build; what the server does not offer does not compile here.
import createClient from 'openapi-fetch'
import type { components, paths } from './schema'
import { Problem } from './problem'

export type Schemas = components['schemas']

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', querySerializer: { array: { style: 'form', explode: false } } })

/** got is the body of an answer, or throws what the server says is wrong. */
export async function got<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer
  try {
    answer = await asked
  } catch (cause) {
    throw Problem.unreachable(cause)
  }
  if (answer.error !== undefined || !answer.response.ok) throw Problem.of(answer.error, answer.response)
  return answer.data as T
}

/** nothing is the body of a request that needs none: what a browser posts is JSON, or refused. */
export const nothing = {} as never
