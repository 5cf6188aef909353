import type { BlockResult, CheckReport } from '../checkReport.ts'
import type { DataTable } from '../model/dataTable.ts'
import { formatCount, formatDuration } from '../text/numbers.ts'
import { type ChartLimit, chart, type Series } from './chart.ts'
import { EMPTY, html, type Markup } from './markup.ts'
import { moreNote, type Section, table } from './parts.ts'
import type { ReportTables } from './reportTables.ts'

const MAX_ROWS = 200
const PS_PER_MS = 1_000_000_000n

/** Of a table of block times: what the runtime states or what follows from its weights, and not a clock. */
const WEIGHT_NAME = /declared|modeled|weight/i

/** Time and weight of the blocks after the upgrade, against their limits. */
export function blocksSection(report: CheckReport, tables: ReportTables): Section | null {
  const { blocks = [] } = report
  const [times] = tables.take(['block-times'])
  const sweeps = tables.take(['sweep'])
  if (blocks.length + sweeps.length === 0 && times === undefined) return null
  const charts =
    times === undefined
      ? html`${timeChart(report, blocks)}${weightChart(report, blocks)}`
      : tableCharts(report, tables, times)
  const body = html`${charts}${sweeps.map((data) => tables.drawFolded(data))}${blocks.length === 0 ? EMPTY : lastBlock(blocks)}`
  return { id: 'blocks', title: 'Blocks under the candidate', count: formatCount(blocks.length), body }
}

function timeLimits({ settings }: CheckReport): readonly ChartLimit[] {
  const { blockWarnMs, blockFailMs } = settings?.limits ?? {}
  return [
    ...(blockWarnMs === undefined ? [] : [{ name: 'warning from', value: blockWarnMs }]),
    ...(blockFailMs === undefined ? [] : [{ name: 'failure from', value: blockFailMs }]),
  ]
}

function timeChart(report: CheckReport, blocks: readonly BlockResult[]): Markup {
  return chart({
    title: 'Time to build a block, on this machine',
    xName: 'block',
    xs: blocks.map(({ number }) => formatCount(number)),
    series: [{ name: 'candidate', values: blocks.map(({ timeMs }) => timeMs) }],
    limits: timeLimits(report),
    format: formatDuration,
    data: blockTable(blocks),
  })
}

/** A check's own times: the first column names the block, the others in `ms` are series of a clock or of weights. */
function tableCharts(report: CheckReport, tables: ReportTables, data: DataTable): Markup {
  const isSeries = ({ kind }: DataTable['columns'][number], index: number) => index > 0 && kind === 'ms'
  const pick = (isWeight: boolean) =>
    data.columns.flatMap((column, index) =>
      isSeries(column, index) && WEIGHT_NAME.test(column.name) === isWeight ? [seriesOf(data, index)] : [],
    )
  const xs = data.rows.map(([first]) => (typeof first === 'number' ? formatCount(first) : (first ?? '')))
  const base = { xName: 'block', xs, format: formatDuration }
  const times = chart({
    ...base,
    title: 'Time of a block, on the machine that ran the checks',
    series: pick(false),
    limits: timeLimits(report),
  })
  const weights = chart({
    ...base,
    title: 'Declared weight of a block, as time on reference hardware',
    series: pick(true),
    limits: weightLimits(report),
  })
  return html`${times}${weights}${tables.drawFolded(data)}`
}

function seriesOf(data: DataTable, index: number): Series {
  const values = data.rows.map((row) => {
    const cell = row[index]
    return typeof cell === 'number' ? cell : null
  })
  return { name: data.columns[index]?.name ?? '', values }
}

function weightLimits({ blockWeightLimit }: CheckReport): readonly ChartLimit[] {
  if (blockWeightLimit === undefined) return []
  return [{ name: 'the most a block may weigh,', value: toMs(blockWeightLimit.refTimePs) }]
}

function weightChart(report: CheckReport, blocks: readonly BlockResult[]): Markup {
  const values = blocks.map(({ weight }) => (weight === null ? null : toMs(weight.refTimePs)))
  if (values.every((value) => value === null)) return EMPTY
  return chart({
    title: 'Declared weight of a block, as time on reference hardware',
    xName: 'block',
    xs: blocks.map(({ number }) => formatCount(number)),
    series: [{ name: 'ref_time', values }],
    limits: weightLimits(report),
    format: formatDuration,
    data: blockTable(blocks),
  })
}

function toMs(refTimePs: bigint): number {
  return Number(refTimePs) / Number(PS_PER_MS)
}

function blockTable(blocks: readonly BlockResult[]): Markup {
  const shown = blocks.slice(0, MAX_ROWS)
  const names = ['block', 'time', 'declared ref_time', 'proof bytes', 'extrinsics', 'reads', 'writes']
  return html`${table({
    caption: 'Blocks under the candidate',
    columns: names.map((name, index) => ({ name, isNumber: index > 0 })),
    rows: shown.map((block) => [
      formatCount(block.number),
      formatDuration(block.timeMs),
      block.weight === null ? 'unknown' : formatDuration(toMs(block.weight.refTimePs)),
      block.weight === null ? 'unknown' : formatCount(block.weight.proofSizeBytes),
      formatCount(block.extrinsicCount),
      formatCount(block.reads),
      formatCount(block.writes),
    ]),
  })}${moreNote(blocks.length - shown.length, 'block')}`
}

function lastBlock(blocks: readonly BlockResult[]): Markup {
  const last = blocks.at(-1)
  if (last === undefined) return EMPTY
  return html`<p class="quiet">After block ${formatCount(last.number)} the state root is <code class="hash">${last.stateRoot}</code>.</p>`
}
