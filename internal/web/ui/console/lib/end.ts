import { onBeforeUnmount, onMounted, watch, type Ref } from 'vue'

const near = 40 // pixels

/**
 * useEnd keeps a box at the end of what grows in it, unless somebody reads further up.
 * What stands in it does not move by itself.
 */
export function useEnd(box: Readonly<Ref<HTMLElement | null>>, grown: () => unknown): void {
  let atEnd = true
  const stay = () => {
    if (atEnd && box.value) box.value.scrollTop = box.value.scrollHeight
  }
  const scrolled = () => {
    const b = box.value
    if (b) atEnd = b.scrollHeight - b.scrollTop - b.clientHeight < near
  }
  const resized = new ResizeObserver(stay)
  onMounted(() => {
    box.value?.addEventListener('scroll', scrolled, { passive: true })
    if (box.value) resized.observe(box.value)
  })
  watch(grown, stay, { flush: 'post' })
  onBeforeUnmount(() => resized.disconnect())
}
