import { onBeforeUnmount, onMounted } from 'vue'

/** Keys by name: "j", "Enter", "ctrl+k". What is written into a field is not a command. */
export type Keys = Record<string, (e: KeyboardEvent) => void>

/** useKeys listens while the component is on the page. */
export function useKeys(keys: Keys): void {
  const listen = (e: KeyboardEvent) => {
    if (e.defaultPrevented || e.isComposing) return
    const chord = (e.ctrlKey || e.metaKey ? 'ctrl+' : '') + e.key
    const act = keys[chord]
    if (!act || (!chord.startsWith('ctrl+') && (writing(e.target) || dialogOpen()))) return
    e.preventDefault()
    act(e)
  }
  onMounted(() => document.addEventListener('keydown', listen))
  onBeforeUnmount(() => document.removeEventListener('keydown', listen))
}

function writing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

const dialogOpen = () => document.querySelector('[role="dialog"][aria-modal="true"]') !== null
