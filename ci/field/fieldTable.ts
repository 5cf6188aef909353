import { toSafeText } from '../../harness/base/safeText.ts'
import type { FieldRow } from './selfUpgrade.ts'

/**
 * A chain is quiet when its upgrade to itself finds nothing and every check has a result; `noVerdict` when nothing is found and the
 * report says what is missing; `noisy` when something is found, which is a fault of a check.
 */
export type FieldOutcome = 'quiet' | 'noVerdict' | 'noisy' | 'noReport'

export function outcomeOf({ verdict, findings, noResult }: FieldRow): FieldOutcome {
  if (verdict === 'none') return 'noReport'
  if (findings.length > 0) return 'noisy'
  return noResult.length > 0 ? 'noVerdict' : 'quiet'
}

/** The rows as text: a line for each chain, what was found below it, and the sums. */
export function formatFieldTable(rows: readonly FieldRow[]): string {
  const counts = new Map<FieldOutcome, number>()
  const lines = rows.flatMap((row) => {
    const outcome = outcomeOf(row)
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const keys = row.keys === null ? '-' : String(row.keys)
    return [
      `${outcome.padEnd(10)} ${toSafeText(row.chain).padEnd(34)} ${keys.padStart(8)} keys ${row.seconds.toFixed(1).padStart(7)} s  ${toSafeText(row.file)}`,
      ...row.findings.map((finding) => `    found      ${toSafeText(finding)}`),
      ...row.noResult.map((reason) => `    no result  ${toSafeText(reason)}`),
    ]
  })
  const sums = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
  return `${lines.join('\n')}\n${rows.length} chains: ${sums}\n`
}
