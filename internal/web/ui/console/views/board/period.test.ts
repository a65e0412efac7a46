import { describe, expect, it } from 'vitest'
import { at, name, parse, shift, text, until } from './period'

describe('periods of reports', () => {
  it('are read as the server writes them, and nothing else is', () => {
    for (const written of ['2026-10', '2026-Q4', '2026']) expect(text(parse(written)!)).toBe(written)
    for (const wrong of ['', '2026-13', '2026-Q5', '26-10', '2026-1', '2026-10-01']) expect(parse(wrong)).toBeUndefined()
  })

  it('follow one another over the turn of a year', () => {
    expect(text(shift(parse('2026-01')!, -1))).toBe('2025-12')
    expect(text(shift(parse('2026-Q4')!, 1))).toBe('2027-Q1')
    expect(text(shift(parse('2026')!, -2))).toBe('2024')
    expect(until(parse('2026-02')!, 3).map(text)).toEqual(['2025-12', '2026-01', '2026-02'])
  })

  it('hold the day they are asked for', () => {
    expect(text(at('month', '2026-11-30'))).toBe('2026-11')
    expect(text(at('quarter', '2026-11-30'))).toBe('2026-Q4')
    expect(text(at('year', '2026-11-30'))).toBe('2026')
  })

  it('are called what people call them', () => {
    expect(['2026-03', '2026-Q2', '2026'].map((p) => name(parse(p)!))).toEqual(['2026年3月', '2026年第二季度', '2026年'])
  })
})
