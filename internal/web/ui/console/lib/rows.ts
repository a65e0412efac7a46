import { nextTick, ref, type Ref } from 'vue'
import { useKeys } from './keys'

/** useRows walks through a list by j and k; row i has its link at the id `prefix-i`. */
export function useRows(prefix: string, count: () => number, thing: string): Ref<number> {
  const current = ref(-1)
  async function move(by: number) {
    if (!count()) return
    current.value = Math.min(Math.max(current.value + by, 0), count() - 1)
    await nextTick()
    document.getElementById(`${prefix}-${current.value}`)?.focus()
  }
  useKeys({ j: { does: `下一${thing}`, act: () => move(1) }, k: { does: `上一${thing}`, act: () => move(-1) } })
  return current
}
