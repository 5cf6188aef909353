import { toSafeText } from '../../harness/base/safeText.ts'
import type { FaultRow } from './faultRow.ts'

const SHOWN = 4
const WIDTH = 100

/** The rows as text, a line for each reason, and how many of each verdict. */
export function formatFaults(rows: readonly FaultRow[]): string {
  const width = Math.max(5, ...rows.map(({ name }) => name.length))
  const lines = rows.flatMap((row) => rowLines(row, width))
  const counts = new Map<string, number>()
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  const summary = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ')
  return `${[`${'fault'.padEnd(width)}  verdict       min  by`, ...lines].join('\n')}\n\n${rows.length} candidates: ${summary}\n`
}

function rowLines({ name, verdict, by, inconclusive, minutes }: FaultRow, width: number): readonly string[] {
  const more = by.length > SHOWN ? [`and ${by.length - SHOWN} more`] : []
  const without = inconclusive.length === 0 ? [] : [`no result: ${inconclusive.join(', ')}`]
  const [first = '', ...others] = [...by.slice(0, SHOWN), ...more, ...without].map((text) =>
    toSafeText(text).slice(0, WIDTH),
  )
  const head = `${toSafeText(name).padEnd(width)}  ${verdict.padEnd(12)}  ${minutes.toFixed(1)}  ${first}`
  return [head, ...others.map((text) => `${' '.repeat(width + 21)}${text}`)]
}
