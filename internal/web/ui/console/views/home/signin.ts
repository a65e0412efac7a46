// What may go wrong on the way back from the provider of identities. The address names
// it by its code: a sentence in an address could be anybody's.
const sentences: Record<string, string> = {
  'oidc.unavailable': '统一身份认证暂时连接不上，请稍后再试，或者用密码登录。',
  'oidc.refused': '统一身份认证没有通过，请重新登录。',
  'oidc.expired': '登录用时太长，或者不是在这个浏览器里开始的。请重新登录。',
  'session.no_account': '统一身份认证已通过，但这里没有与您对应的可用账号。请联系系统管理员。',
}

/** failedSentence is what a code in an address means; of an unknown one no more than that it failed. */
export const failedSentence = (code: unknown): string => (typeof code === 'string' && code ? (sentences[code] ?? '登录没有成功，请重新登录。') : '')

/** within is a path of this site, or the workbench. */
export const within = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])/.test(to) ? to : '/')
