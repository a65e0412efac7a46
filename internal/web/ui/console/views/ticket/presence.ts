// Who else has the ticket on the screen. It passes: nothing of it is kept, and where
// there is no socket nobody is shown.
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { live as connection, type Live } from '../../state/live'

export interface Present {
  id: string
  name: string
  drafts: boolean
}

/** usePresence tells the others where this page is, and this page who the others are. */
export function usePresence(number: Ref<string>, drafts: Ref<boolean>, live: Pick<Live, 'send' | 'on' | 'resume' | 'up'> = connection): Ref<Present[]> {
  const people = ref<Present[]>([])
  const here = () => ({ ticket: number.value, drafts: drafts.value })
  const say = () => live.send({ t: 'present', ...here() })
  const leave = () => live.send({ t: 'present' }) // a browser may keep a page it has left, and its line
  const back = (e: PageTransitionEvent) => e.persisted && say()
  addEventListener('pagehide', leave)
  addEventListener('pageshow', back)
  const ends = [
    () => removeEventListener('pagehide', leave),
    () => removeEventListener('pageshow', back),
    live.resume(here),
    live.on('present', (f) => {
      if (f.ticket === number.value) people.value = f.people as Present[]
    }),
  ]
  watch([number, drafts], say, { immediate: true })
  watch(number, () => (people.value = []))
  watch(live.up, (up) => up || (people.value = []))
  onScopeDispose(() => {
    ends.forEach((end) => end())
    leave()
  })
  return people
}

/** told is what is said of them: those who write apart from those who look. */
export function told(people: Present[]): { drafting: string; looking: string } {
  const names = (drafts: boolean) => people.filter((p) => p.drafts === drafts).map((p) => p.name).join('、')
  const [drafting, looking] = [names(true), names(false)]
  return { drafting: drafting && `${drafting}正在起草答复`, looking: looking && `${looking}正在看` }
}

const idle = 90_000 // ms without a key: whoever went away writes no more

/** useWriting says whether somebody writes: from a change on until there was none for a while, or nothing is left to save. */
export function useWriting(text: Ref<string>, said: (on: boolean) => void): void {
  let wait: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(wait)
    if (wait !== undefined) said(false)
    wait = undefined
  }
  watch(text, (now) => {
    if (!now) return stop()
    if (wait === undefined) said(true)
    clearTimeout(wait)
    wait = setTimeout(stop, idle)
  })
  onScopeDispose(stop)
}
