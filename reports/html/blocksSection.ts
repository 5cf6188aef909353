import type { DataTable } from '../../harness/base/dataTable.ts'
import type { BlockResult, CheckReport } from '../checkReport.ts'
import { formatCount, formatDuration } from '../text/numbers.ts'
import { type ChartLimit, chart } from './chart.ts'
import { EMPTY, html, type Markup } from './markup.ts'
import { moreNote, type Section, table } from './parts.ts'
import type { ReportTables } from './reportTables.ts'

const MAX_ROWS = 200
const PS_PER_MS = 1_000_000_000n

/** Time and weight of the blocks after the upgrade, against their limits. */
export function blocksSection(report: CheckReport, tables: ReportTables): Section | null {
  const { blocks = [] } = report
  const times = tables.take(['block-times'])
  if (blocks.length + times.length === 0) return null
  const body = html`${times.length === 0 ? timeChart(report, blocks) : times.map((data) => tableChart(report, tables, data))}
${weightChart(report, blocks)}${blocks.length === 0 ? EMPTY : lastBlock(blocks)}`
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

/** A check's own times: the first column names the block, the others are series. */
function tableChart(report: CheckReport, tables: ReportTables, data: DataTable): Markup {
  const numbersTable = tables.draw(data)
  const numbers = data.columns.flatMap(({ name, kind }, index) =>
    index > 0 && kind === 'ms' ? [{ name, index }] : [],
  )
  const drawn = chart({
    title: data.title,
    xName: 'block',
    xs: data.rows.map(([first]) => (typeof first === 'number' ? formatCount(first) : (first ?? ''))),
    series: numbers.map(({ name, index }) => ({
      name,
      values: data.rows.map((row) => {
        const cell = row[index]
        return typeof cell === 'number' ? cell : null
      }),
    })),
    limits: timeLimits(report),
    format: formatDuration,
    data: numbersTable,
  })
  return drawn === EMPTY ? numbersTable : drawn
}

function weightChart({ blockWeightLimit }: CheckReport, blocks: readonly BlockResult[]): Markup {
  const values = blocks.map(({ weight }) => (weight === null ? null : toMs(weight.refTimePs)))
  if (values.every((value) => value === null)) return EMPTY
  return chart({
    title: 'Declared weight of a block, as time on reference hardware',
    xName: 'block',
    xs: blocks.map(({ number }) => formatCount(number)),
    series: [{ name: 'ref_time', values }],
    limits:
      blockWeightLimit === undefined
        ? []
        : [{ name: 'the most a block may weigh,', value: toMs(blockWeightLimit.refTimePs) }],
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
