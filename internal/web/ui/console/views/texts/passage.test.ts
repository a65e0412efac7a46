import { describe, expect, it } from 'vitest'
import { find, passageAt, segments } from './passage'

const body = '请带𠮷祥身份证，到户籍窗口；身份证不外借。'

describe('passages of a text', () => {
  it('are counted in characters, as the server does', () => {
    const start = body.indexOf('身份证')
    expect(passageAt(body, start, start + 3)).toEqual({ from: 4, to: 7, quote: '身份证' })
    expect(passageAt(body, 2, 2)).toBeUndefined()
  })

  it('are found where they were chosen, or first', () => {
    const second = passageAt(body, body.lastIndexOf('身份证'), body.lastIndexOf('身份证') + 3)!
    expect(find(body, '身份证', second)).toEqual(second)
    expect(find(body, '身份证')?.from).toBe(4)
    expect(find(body, '窗口', second)?.quote).toBe('窗口') // typed over what was chosen
    expect(find(body, '护照')).toBeUndefined()
    expect(find(body, '  ')).toBeUndefined()
  })

  it('mark a text without changing it, however they overlap', () => {
    const cut = segments(body, [{ from: 2, to: 6 }, { from: 4, to: 8 }, { from: 4, to: 4 }])
    expect(cut.map((s) => s.text).join('')).toBe(body)
    expect(cut.filter((s) => s.marked).map((s) => s.text).join('')).toBe('𠮷祥身份证，')
    expect(segments('', [])).toEqual([])
  })
})
