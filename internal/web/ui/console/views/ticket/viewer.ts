import { computed } from 'vue'
import { can, me } from '../../state/session'
import type { Viewer } from './moves'

/** viewer is who looks at the ticket. */
export const viewer = computed<Viewer>(() => ({ id: me.value?.id ?? '', heads: can('approve') }))
