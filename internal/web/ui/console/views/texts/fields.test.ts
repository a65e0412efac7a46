import { describe, expect, it } from 'vitest'
import { attributesOf, type Field, valuesOf } from './fields'

const field = (name: string, type: Field['type'], ...codes: string[]): Field => ({ name, type, label: name, options: codes.map((code) => ({ code, name: code })) })
const fields = [field('level', 'select', 'ordinary', 'emergency'), field('from', 'datetime-local'), field('variants', 'lines')]
const content = { title: '停水', body: '明天停水。', decision: 'full', reason: 'interest' } as const

describe('the form of a text', () => {
  it('begins with what is usual, and shows moments as Beijing has them', () => {
    expect(valuesOf({ ...content }, fields)).toEqual({ level: 'ordinary', from: '', variants: '' })
    expect(valuesOf({ ...content, attributes: [{ name: 'from', value: '2026-01-31T00:30:00Z' }] }, fields).from).toBe('2026-01-31T08:30')
  })

  it('sends what it was read from', () => {
    const attributes = [{ name: 'level', value: 'emergency' }, { name: 'from', value: '2026-01-31T08:30:00+08:00' }]
    expect(attributesOf(valuesOf({ ...content, attributes }, fields), fields)).toEqual(attributes)
  })
})
