import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** useWide reports whether the window is at least that many pixels wide. */
export function useWide(pixels: number): Readonly<Ref<boolean>> {
  const media = matchMedia(`(min-width: ${pixels}px)`)
  const wide = ref(media.matches)
  const heard = () => (wide.value = media.matches)
  media.addEventListener('change', heard)
  onScopeDispose(() => media.removeEventListener('change', heard))
  return readonly(wide)
}
