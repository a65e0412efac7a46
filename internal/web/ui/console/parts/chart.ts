// The pieces of ECharts the console draws with; loaded when the first chart is shown.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { type EChartsCoreOption, type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer])

export type { EChartsCoreOption }

const colours = ['#0a4595', '#8a3206', '#0d5c36', '#5b3a8c', '#4a5361', '#a3160c']

/** draw puts a chart into a box and keeps its size; the answer takes it away again. */
export function draw(box: HTMLElement, option: EChartsCoreOption): { update: (o: EChartsCoreOption) => void; remove: () => void; chart: EChartsType } {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const whole = (o: EChartsCoreOption): EChartsCoreOption => ({
    color: colours,
    animation: !still,
    textStyle: { fontFamily: getComputedStyle(box).fontFamily, fontSize: 13 }, // measured before it is drawn: it cannot be inherited
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' } }, // markup would bring styles of its own, which the content policy refuses
    ...o,
  })
  const chart = init(box, undefined, { renderer: 'svg' })
  chart.setOption(whole(option))
  const sized = new ResizeObserver(() => chart.resize())
  sized.observe(box)
  return {
    chart,
    update: (o) => chart.setOption(whole(o), { notMerge: true }),
    remove: () => {
      sized.disconnect()
      chart.dispose()
    },
  }
}
