import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { Problem } from '../api/problem'
import LoadState from './LoadState.vue'

const down = Problem.unreachable(new Error('down'))

test('what was read stays while the server is away, and goes when it is refused', async () => {
  const w = mount(LoadState, { props: { loading: true }, slots: { default: '<textarea>写到一半</textarea>' } })
  const shown = () => w.find('textarea').exists()
  expect(shown()).toBe(false)
  await w.setProps({ loading: false })
  expect(shown()).toBe(true)
  await w.setProps({ error: down })
  expect(shown()).toBe(true)
  expect(w.get('[role="status"]').text()).toContain('先前读到的')
  await w.setProps({ error: new Problem(404, 'ticket.not_found', '没有这件来信。') })
  expect(shown()).toBe(false)
  expect(w.get('[role="alert"]').text()).toContain('没有这件来信')
})

test('what was never read is not shown when the server is away', async () => {
  const w = mount(LoadState, { props: { loading: true }, slots: { default: '<textarea />' } })
  await w.setProps({ loading: false, error: down })
  expect(w.find('textarea').exists()).toBe(false)
})
