import { onScopeDispose, readonly, ref, type Ref } from 'vue'

/** useNow is the time, kept right to the half minute while the page is looked at. */
export function useNow(): Readonly<Ref<Date>> {
  const now = ref(new Date())
  const tick = setInterval(() => (now.value = new Date()), 30_000)
  onScopeDispose(() => clearInterval(tick))
  return readonly(now) as Readonly<Ref<Date>>
}
