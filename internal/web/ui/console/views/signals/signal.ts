import type { Schemas } from '../../api/client'

export type Signal = Schemas['SignalBody']
export type Command = Schemas['SignalMoveInputBody']
export type Move = Command['move']

/** because says why a letter drew attention. */
export function because(e: Schemas['EvidenceBody']): string {
  switch (e.pattern) {
    case 'lexicon':
      return `“${e.passage ?? ''}”`
    case 'repeat':
      return `同一来信人近来写了 ${e.count ?? 0} 件`
    case 'group':
      return `${e.count ?? 0} 人反映同一事项`
    case 'surge':
      return `近来 ${e.count ?? 0} 件，明显多于以往`
  }
}

/** missing is what a move still needs before it can be made; empty: nothing. */
export function missing(c: Command): string {
  const words = c.words?.trim()
  switch (c.move) {
    case 'assess':
      return words ? '' : '请写研判意见。'
    case 'respond':
      return c.ticket?.trim() || (c.title?.trim() && c.text?.trim()) ? '' : '请写标题和需要回应的情况，或者已有舆情件的编号。'
    case 'release':
      return c.channel === 'press' && !words ? '请写新闻发布会的时间、地点和内容。' : ''
    case 'close':
      return !c.disposition ? '请选择处置结果。' : words ? '' : '请写处置情况。'
    case 'merge':
      return !c.into ? '请选择并入哪一项。' : words ? '' : '请写理由。'
    case 'acknowledge':
      return ''
  }
}

/** blank is the command a dialog begins with. */
export function blank(s: Signal, move: Move): Command {
  const c: Command = { move, version: s.version }
  if (move === 'assess') return { ...c, level: s.level, category: s.category, unit: s.unit }
  if (move === 'release') return { ...c, channel: 'statement' }
  return c
}

/** filled is c without what was left empty. */
export const filled = (c: Command): Command => Object.fromEntries(Object.entries(c).filter(([, v]) => v !== '' && v !== undefined)) as unknown as Command
