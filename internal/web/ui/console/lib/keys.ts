import { onBeforeUnmount, onMounted, shallowReactive } from 'vue'

type Act = (e: KeyboardEvent) => void

/** Keys by name: "j", "Enter", "ctrl+k", "g h" (one after the other). A named one is on the sheet of keys. */
export type Keys = Record<string, Act | { does: string; act: Act }>

const together = 1_200 // ms between two keys that are one

const heard = shallowReactive<Keys[]>([])
let before = { key: '', at: 0 }

/** useKeys listens while the component is on the page; what came last is asked first. */
export function useKeys(keys: Keys): void {
  onMounted(() => {
    if (heard.push(keys) === 1) document.addEventListener('keydown', listen)
  })
  onBeforeUnmount(() => {
    heard.splice(heard.indexOf(keys), 1)
    if (heard.length === 0) document.removeEventListener('keydown', listen)
  })
}

/** sheet lists the named keys of what is on the page, those of the frame last. */
export function sheet(): { key: string; does: string }[] {
  return [...heard].reverse().flatMap((keys) => Object.entries(keys).flatMap(([key, act]) => (typeof act === 'function' ? [] : [{ key, does: act.does }])))
}

function listen(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing || e.altKey || /^(Shift|Control|Meta)$/.test(e.key)) return
  const control = e.ctrlKey || e.metaKey
  if (!control && (writing(e.target) || dialogOpen())) return
  const second = e.timeStamp - before.at < together ? find(`${before.key} ${e.key}`) : undefined
  const act = second ?? find((control ? 'ctrl+' : '') + e.key)
  before = { key: second ? '' : e.key, at: e.timeStamp }
  if (!act || (e.key === 'Enter' && pressable(e.target))) return // a link or a button answers itself
  e.preventDefault()
  act(e)
}

function find(name: string): Act | undefined {
  const act = [...heard].reverse().find((keys) => name in keys)?.[name]
  return typeof act === 'object' ? act.act : act
}

/** What is written into a field is not a command. */
function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(target.type)
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)
}

function pressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(A|BUTTON|SUMMARY)$/.test(target.tagName)
}

function dialogOpen(): boolean {
  return [...document.querySelectorAll('dialog[open], [role="dialog"][aria-modal="true"]')].some((d) => d.getClientRects().length > 0)
}
