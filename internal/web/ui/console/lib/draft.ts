// What is being written is kept in this tab, so that an ended session or a reload
// loses nothing. It belongs to one person and goes when that person signs out.
// Never for reports (举报) or contacts.
const prefix = 'draft/'

export interface Draft<T> {
  read(): T | undefined
  write(value: T): void
  drop(): void
}

/** draftOf keeps a value of one person about one subject. */
export function draftOf<T>(user: string, subject: string): Draft<T> {
  const key = `${prefix}${user}/${subject}`
  return {
    read() {
      try {
        const kept = sessionStorage.getItem(key)
        return kept === null ? undefined : (JSON.parse(kept) as T)
      } catch {
        return undefined // another release wrote it, or nothing may be kept here
      }
    },
    write(value) {
      try {
        sessionStorage.setItem(key, JSON.stringify(value))
      } catch {
        // Full or forbidden: the text is still on the screen.
      }
    },
    drop: () => sessionStorage.removeItem(key),
  }
}

/** dropDrafts forgets what one person has been writing. */
export function dropDrafts(user: string): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`${prefix}${user}/`)) sessionStorage.removeItem(key)
  }
}
