// Which tickets of a list are ticked. It goes by their numbers: rows come and go.
import { ref, type Ref } from 'vue'

/** No more than that is done at once. */
export const mostPicked = 100

/** usePicks ticks rows of a list, one by one or from the last ticked one to here. */
export function usePicks(numbers: Ref<string[]>) {
  const picked = ref(new Set<string>())
  let last = ''

  function put(them: string[], on: boolean): boolean {
    const next = new Set(picked.value)
    for (const n of them) on ? next.add(n) : next.delete(n)
    if (next.size > mostPicked) return false
    picked.value = next
    return true
  }

  return {
    picked,
    /** toggle ticks n, with range everything between the last one and n; false: that would be too many. */
    toggle(n: string, range: boolean): boolean {
      const on = range || !picked.value.has(n)
      const [from, to] = [numbers.value.indexOf(last), numbers.value.indexOf(n)].sort((a, b) => a - b) as [number, number]
      last = n
      return put(range && from >= 0 ? numbers.value.slice(from, to + 1) : [n], on)
    },
    /** all ticks what is shown, up to what may be done at once. */
    all(on: boolean): void {
      picked.value = new Set(on ? numbers.value.slice(0, mostPicked) : [])
    },
    /** keep leaves only these ticked. */
    keep(them: Iterable<string>): void {
      const wanted = new Set(them)
      picked.value = new Set([...picked.value].filter((n) => wanted.has(n)))
    },
  }
}
