import { toSafeText } from '../../../harness/base/safeText.ts'
import type { BlockDifference, ReplayReport } from '../../../scenarios/replay/index.ts'

const VERDICT_TEXT: Readonly<Record<ReplayReport['verdict'], string>> = {
  equal: 'every block came out as on the chain',
  unequal: 'a block did not come out as on the chain',
  regression: 'the candidate does something differently, and nothing explains it',
  incomplete: 'the state at hand does not reach to the end',
}
const MOST_DIFFERENCES = 20

/** The report as text for a terminal; nothing in it can act on the terminal. */
export function replayText(report: ReplayReport): string {
  const { blocks, stop, candidate } = report
  const lines = [...blockLines(report)]
  if (stop !== null) lines.push(`stopped at block ${stop.block}: ${stop.message}`)
  if (candidate !== null) {
    const name = candidate.specName === null ? '' : ` ${candidate.specName} ${candidate.specVersion}`
    lines.push('', `candidate${name}: ${candidate.blocks} of ${blocks.length} blocks`)
    if (candidate.stop !== null)
      lines.push(`stopped at block ${candidate.stop.block}: ${candidate.stop.message}`)
    lines.push(...differenceLines(candidate.differences))
  }
  lines.push('', `${report.verdict}: ${VERDICT_TEXT[report.verdict]}`)
  return lines.map((line) => `${toSafeText(line)}\n`).join('')
}

function* blockLines({ blocks, parent }: ReplayReport): Generator<string> {
  const [first, last] = [blocks[0], blocks.at(-1)]
  yield `from the state of block ${parent.number} (${parent.hash})`
  if (first === undefined || last === undefined) return
  const extrinsics = blocks.reduce((sum, block) => sum + block.extrinsics, 0)
  const wallMs = blocks.reduce((sum, block) => sum + block.wallMs, 0)
  const slowest = blocks.reduce((a, b) => (b.wallMs > a.wallMs ? b : a))
  yield `blocks ${first.number} to ${last.number}: ${blocks.length} blocks, ${extrinsics} extrinsics, ${wallMs.toFixed(0)} ms`
  yield `the slowest is block ${slowest.number}: ${slowest.wallMs.toFixed(1)} ms, ${slowest.reads} reads, ${slowest.writes} writes`
}

function* differenceLines(differences: readonly BlockDifference[]): Generator<string> {
  const regressions = differences.filter(({ kind }) => kind === 'regression')
  for (const kind of ['regression', 'migration', 'metadata', 'cost'] as const) {
    const count = differences.filter((difference) => difference.kind === kind).length
    if (count > 0) yield `${count} differences of kind ${kind}`
  }
  for (const { block, phase, call, facts } of regressions.slice(0, MOST_DIFFERENCES)) {
    yield `block ${block}, ${phase}${call === null ? '' : `: ${call}`}`
    for (const fact of facts) yield `  ${fact}`
  }
  if (regressions.length > MOST_DIFFERENCES) yield `and ${regressions.length - MOST_DIFFERENCES} more`
}
