import { expect, test } from 'vitest'
import { differences, newestFirst, type Term } from './terms'

const line = (more: Partial<Term>): Term => ({ number: '110', name: '报警', use: '报警', group: 'emergency', ...more })
const name = (_: string, code: string) => `«${code}»`

test('a change names what is another, with the names of codes', () => {
  const found = differences(line({ unit: 'patrol' }), line({ unit: 'traffic', hours: '全天' }), name)
  expect(found).toEqual([
    { field: '服务时间', was: '', now: '全天' },
    { field: '接听单位', was: '«patrol»', now: '«traffic»' },
  ])
})

test('a line that is closed, and opened again, is that and nothing else', () => {
  const closed = line({ closed: true, name: '' })
  expect(differences(line({}), closed, name)).toEqual([{ field: '状态', was: '使用', now: '停用' }])
  expect(differences(closed, line({}), name)).toEqual([{ field: '状态', was: '停用', now: '使用' }])
})

test('a new line has everything it is, and each term the one before it', () => {
  expect(differences(undefined, line({}), name).map((d) => d.field)).toEqual(['号码', '名称', '用途', '分组'])
  const [a, b] = [line({ from: '2026-11-01' }), line({ from: '2026-12-01' })]
  expect(newestFirst([a, b])).toEqual([{ term: b, before: a }, { term: a, before: undefined }])
})
