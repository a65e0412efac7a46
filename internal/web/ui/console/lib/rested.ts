import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'

/** rested is what read gave when source last stood still for pause milliseconds. */
export function rested<T>(source: WatchSource<unknown> | WatchSource<unknown>[], read: () => T, pause: number): ShallowRef<T> {
  const value = shallowRef(read())
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, () => {
    clearTimeout(timer)
    timer = setTimeout(() => (value.value = read()), pause)
  })
  onScopeDispose(() => clearTimeout(timer))
  return value
}
