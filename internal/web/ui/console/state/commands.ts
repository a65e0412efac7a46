// What the view on the page can do, for the command palette.
import { onBeforeUnmount, onMounted, shallowReactive } from 'vue'

export interface Command {
  title: string
  hint: string
  go: () => unknown
}

type Offer = () => Command[]

const offers = shallowReactive<Offer[]>([])

/** useCommands offers them while the component is on the page. */
export function useCommands(offer: Offer): void {
  onMounted(() => offers.push(offer))
  onBeforeUnmount(() => offers.splice(offers.indexOf(offer), 1))
}

/** offered lists what can be done here, what came last first. */
export const offered = () => [...offers].reverse().flatMap((offer) => offer())
