import { type BenchRow, type MeasuredRow, SIDES, type Side, type Spread } from './benchCase.ts'

const HEADINGS: Readonly<Record<Side, string>> = {
  thread: 'ours',
  worker: 'ours, worker',
  genesisFile: 'Chopsticks, genesis file',
  memory: 'Chopsticks, from memory',
  executor: 'its executor alone',
}

/** What the columns are; printed under the table. */
export const SIDE_NOTES = `Milliseconds: median (least-most) xRUNS = RATIO, that of the column's median to "ours", and what it was in the baseline.
  ours                      the V8 executor in the main thread: inherents, extrinsics and real state root included
  ours, worker              the same in a worker thread, as the command line runs it
  Chopsticks, genesis file  its newBlock, with its own GenesisProvider over a raw genesis: what it makes of a chain spec
  Chopsticks, from memory   its newBlock, over a provider of ours that answers at once, as no endpoint or database can
  its executor alone        the calls of our block in its executor, without its chain
Chopsticks computes no state root. Both accept every signature. Blocks of both left the same state, but for what follows
from the parent's hash; else the case fails. A block takes Chopsticks longer the more blocks of its own are below it, and ours not:
its first blocks are near the least, its last near the most. Two epochs: 256 neurons, 64 validators with weights on all, in each of two subnets.`

/** One line a case; `baseline` gives the ratios that it had. */
export function formatTable(rows: readonly BenchRow[], baseline: readonly BenchRow[]): string {
  const lines = rows.map((row) => {
    if (row.kind === 'failed') return [row.name, `FAILED: ${row.message}`]
    const before = baseline.find(({ name }) => name === row.name)
    return [row.name, ...SIDES.map((side) => cell(row, side, before))]
  })
  const table = [['case', ...SIDES.map((side) => HEADINGS[side])], ...lines]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => cellWidth(line, column)))) ?? []
  return table
    .map(
      (line) =>
        `${line
          .map((text, i) => text.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** The counters of each case, a line each. */
export function formatWork(rows: readonly BenchRow[]): string {
  return rows
    .flatMap((row) => {
      if (row.kind === 'failed' || Object.keys(row.work).length === 0) return []
      const counters = Object.entries(row.work).map(([name, count]) => `${count} ${name}`)
      return [`  ${row.name}: ${counters.join(', ')}\n`]
    })
    .join('')
}

/** A failed row's message is as long as it is. */
function cellWidth(line: readonly string[], column: number): number {
  return line.length <= 2 && column > 0 ? 0 : (line[column]?.length ?? 0)
}

function cell(row: MeasuredRow, side: Side, before: BenchRow | undefined): string {
  const times = row.times[side]
  if (times === undefined) return '-'
  return (
    formatSpread(times) +
    formatRatio(row.ratios[side], before?.kind === 'measured' ? before.ratios[side] : undefined)
  )
}

function formatRatio(ratio: number | undefined, before: number | undefined): string {
  if (ratio === undefined) return ''
  const was = before === undefined ? '' : `, was ${times(before)}`
  return ` = ${times(ratio)}${was}`
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : ratio.toFixed(0)}x`
}

/** `0.52 (0.40-3.1) x90` */
export function formatSpread({ median, min, max, runs }: Spread): string {
  return `${formatMs(median)} (${formatMs(min)}-${formatMs(max)}) x${runs}`
}

/** Three digits, no exponent. */
function formatMs(ms: number): string {
  if (ms >= 100) return ms.toFixed(0)
  if (ms >= 10) return ms.toFixed(1)
  return ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)
}
