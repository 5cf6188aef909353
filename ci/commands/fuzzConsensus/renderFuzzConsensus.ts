import type { ConsensusFinding, FuzzConsensusResult } from '../../../fuzz/consensus/index.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'

/** Inputs of more neurons are left to the counterexample's file. */
const MAX_SHOWN = 4

/** The result for a terminal: what was broken first, then what was looked at. */
export function renderFuzzConsensus(result: FuzzConsensusResult, files: readonly string[]): string {
  const lines = [
    `consensus function, sha256 ${result.moduleSha256.slice(0, 16)}…`,
    ...result.problems.map(({ rule, message }) => `  BROKEN  rule ${rule}: ${toSafeText(message)}`),
    ...result.findings.flatMap((finding, i) => findingLines(finding, files[i] ?? null)),
    ...searchLines(result),
  ]
  return `${lines.join('\n')}\n`
}

function findingLines(finding: ConsensusFinding, file: string | null): readonly string[] {
  const { title, message, n, input, foundAfter } = finding
  const when = foundAfter === 0 ? '' : `, after ${foundAfter} executions`
  return [
    `  BROKEN  ${title}`,
    `          ${toSafeText(message)}`,
    `          smallest subnet found: ${n}${when}`,
    ...(n <= MAX_SHOWN
      ? [
          `          ${JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? String(value) : value))}`,
        ]
      : []),
    ...(file === null ? [] : [`          again: drydock fuzz consensus MODULE --replay ${toSafeText(file)}`]),
  ]
}

function searchLines({ searched, findings, problems }: FuzzConsensusResult): readonly string[] {
  if (searched === null) return ['  The module was refused, and not run.']
  const { executions, seed, edges, mostFuel, mostPages, growth } = searched
  const nothing = findings.length === 0 && problems.length === 0 ? ['  NOTHING FOUND'] : []
  const sizes = growth?.sizes ?? []
  const last = sizes.at(-1)
  return [
    ...nothing,
    `  searched  ${executions} executions, seed ${seed}, ${edges.seen} of ${edges.all} edges taken`,
    `            at most ${mostFuel} instructions and ${mostPages} pages in small subnets`,
    ...(growth?.law == null || last === undefined
      ? []
      : [
          `  FITTED    ${growth.law.formula} instructions, from n = ${sizes[0]?.n} … ${last.n}; not proved in between or beyond`,
        ]),
    ...(growth?.atLargest == null
      ? []
      : [
          `  ${growth.atLargest.kind.padEnd(8)}  ${growth.atLargest.fuel} instructions in the largest subnet`,
        ]),
    '  not shown that no other input breaks it: that takes a proof',
  ]
}
