import type { DataTable } from '../../reports/model/dataTable.ts'
import { type Difference, sortDifferences } from './difference.ts'

/** Rows of one table; what is left out is counted in the last one. */
const MAX_ROWS = 200

/** What a release does differently, as a part of its notes: new things included. Null when there is nothing to tell. */
export function differenceTable(
  id: string,
  what: string,
  differences: readonly Difference[],
): DataTable | null {
  if (differences.length === 0) return null
  const sorted = [...sortDifferences(differences)].sort((a, b) =>
    a.area === b.area ? 0 : a.area < b.area ? -1 : 1,
  )
  const rows = sorted.slice(0, MAX_ROWS).map(({ area, kind, subject, title }) => [area, kind, subject, title])
  const left = sorted.length - rows.length
  return {
    id: `changes-${id}`,
    title: `What this release changes: ${what}`,
    columns: ['area', 'kind', 'what', 'how'].map((name) => ({ name, kind: 'text' })),
    rows: left === 0 ? rows : [...rows, ['', '', `${left} more`, '']],
  }
}

/** The table as a check's list of tables. */
export function differenceTables(
  id: string,
  what: string,
  differences: readonly Difference[],
): { readonly tables: readonly DataTable[] } {
  const table = differenceTable(id, what, differences)
  return { tables: table === null ? [] : [table] }
}
