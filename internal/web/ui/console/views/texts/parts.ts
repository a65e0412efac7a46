// What the parts of a text are called, and how their values are read.
import { fullDay, clockTime } from '../../lib/time'
import { useWords } from '../../state/names'

const own: Record<string, string> = { title: '标题', body: '正文', disclosure: '公开方式' } // of every text, as the form calls them

/** usePartName names a part as changes name it: one of every text, or an attribute behind a slash. */
export function usePartName() {
  const { name } = useWords()
  return (part: string) => own[part] ?? name('attributes', part.replace(/^\//, ''))
}

/** shownValue is what stands in an attribute, as people write it. */
export function shownValue(value: string): string {
  return /^\d{4}-\d\d-\d\dT/.test(value) ? `${fullDay(value)} ${clockTime(value)}` : value
}
