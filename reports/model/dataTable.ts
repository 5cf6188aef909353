/** What a column holds, which says how it is written and aligned. */
export type ColumnKind = 'text' | 'count' | 'bytes' | 'ms'

export interface DataColumn {
  readonly name: string
  readonly kind: ColumnKind
}

/** A cell: a number in a column that is not `text`; null where there is nothing to say. */
export type DataCell = string | number | null

/**
 * What a check has to show beside its findings: a metadata diff, the steps of a migration, the epochs that it went through.
 * Texts may come from a chain: escape them where they are shown.
 */
export interface DataTable {
  /** kebab-case, unique within a report. */
  readonly id: string
  readonly title: string
  readonly columns: readonly DataColumn[]
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly DataCell[])[]
}
