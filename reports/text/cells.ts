import type { ColumnKind, DataCell } from '../model/dataTable.ts'
import { formatBytes, formatCount, formatDuration } from './numbers.ts'

/** A cell as its column writes it; empty where there is nothing to say. */
export function formatCell(cell: DataCell | undefined, kind: ColumnKind): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'string') return cell
  if (kind === 'ms') return formatDuration(cell)
  if (kind === 'bytes') return formatBytes(cell)
  return Number.isSafeInteger(cell) && kind === 'count' ? formatCount(cell) : String(cell)
}

/** A fact or a measure as text; whole numbers with separators. */
export function formatFact(value: string | number | boolean | null): string {
  return Number.isSafeInteger(value) ? formatCount(Number(value)) : String(value)
}
