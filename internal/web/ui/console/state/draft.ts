import { type Ref, ref, watch } from 'vue'
import { draftOf } from '../lib/draft'
import { me } from './session'

/**
 * useDraft is what the person signed in is writing about a subject: kept in this tab
 * with every change, and found again.
 */
export function useDraft<T>(subject: string, blank: () => T) {
  const kept = draftOf<T>(me.value?.id ?? '', subject)
  const found = kept.read()
  const value = ref(found ?? blank()) as Ref<T>
  const restored = ref(found !== undefined)
  watch(value, (now) => kept.write(now), { deep: true })
  return {
    value,
    restored,
    drop: kept.drop,
    restart() {
      kept.drop()
      value.value = blank()
      restored.value = false
    },
  }
}
