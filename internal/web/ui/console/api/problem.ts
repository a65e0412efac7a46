import type { components } from './schema'

type Wire = components['schemas']['Problem']

/** A question for whoever tries very often, see captcha.needed. */
export type Captcha = components['schemas']['CaptchaQuestion']

/** The texts of a reply two people have written, see reply.stale. */
export type ReplyConflict = components['schemas']['ReplyConflict']

/** What is wrong with one part of a request. */
export interface Fault {
  pointer: string
  message: string
}

/** Problem is a refusal or a failure with a sentence people can read (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'

  constructor(
    readonly status: number, // of HTTP; 0: the server was not reached
    readonly code: string, // stable
    message: string,
    readonly faults: Fault[] = [],
    readonly request = '', // to name when asking for help
    readonly after = 0, // seconds to wait before the next try
    readonly captcha?: Captcha, // to be answered with the next try
    readonly reply?: ReplyConflict,
  ) {
    super(message)
  }

  static of(body: unknown, response: Response): Problem {
    const wire = (typeof body === 'object' && body !== null ? body : {}) as Partial<Wire>
    return new Problem(
      response.status,
      wire.code ?? 'unknown',
      wire.detail ?? '服务器没有说明原因，请稍后再试。',
      (wire.errors ?? []).map((e) => ({ pointer: e.pointer, message: e.message })),
      wire.request_id ?? response.headers.get('X-Request-Id') ?? '',
      Number(response.headers.get('Retry-After')) || 0,
      wire.captcha,
      wire.reply,
    )
  }

  static unreachable(cause: unknown): Problem {
    const p = new Problem(0, 'network', '网络不通，请稍后再试。填写的内容还在。')
    p.cause = cause
    return p
  }

  /** passing reports whether trying again may help by itself. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/** problemOf is err as a problem, whatever was thrown. */
export function problemOf(err: unknown): Problem {
  if (err instanceof Problem) return err
  const p = new Problem(-1, 'page', '页面出错了，请刷新后再试。')
  p.cause = err
  return p
}

/** isConflict reports whether somebody else was faster. */
export const isConflict = (err: unknown): boolean => problemOf(err).status === 409
