type Child = Node | string | null | undefined | false

/** el makes an element. Text goes in as text, whatever it looks like. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value)
  for (const c of children) if (c) e.append(c)
  return e
}

export function button(text: string, cls: string, run: () => void): HTMLButtonElement {
  const b = el('button', { type: 'button', class: cls }, text)
  b.addEventListener('click', run)
  return b
}

export function paragraphs(text: string): HTMLElement[] {
  return text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => el('p', {}, line))
}

/** clock is a time in Beijing, whatever the device thinks. */
export function clock(iso: string, withDate: boolean): string {
  const t = new Date(iso)
  if (Number.isNaN(t.getTime())) return ''
  const options: Intl.DateTimeFormatOptions = withDate
    ? { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' }
    : { hour: '2-digit', minute: '2-digit', hour12: false }
  return new Intl.DateTimeFormat('zh-CN', { ...options, timeZone: 'Asia/Shanghai' }).format(t)
}
