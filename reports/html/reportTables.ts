import type { DataTable } from '../../harness/base/dataTable.ts'
import type { CheckReport } from '../checkReport.ts'

/** A check's table, with whose it is. */
export interface OwnedTable {
  readonly check: string
  readonly data: DataTable
}

/** The tables of all checks; each is given out once, so that what has no place of its own comes last. */
export class ReportTables {
  #left: OwnedTable[]

  constructor(report: CheckReport) {
    this.#left = report.checks.flatMap(({ id, tables = [] }) => tables.map((data) => ({ check: id, data })))
  }

  /** Those with one of the ids, in the order of the ids. */
  take(ids: readonly string[]): readonly OwnedTable[] {
    const taken = ids.flatMap((id) => this.#left.filter(({ data }) => data.id === id))
    this.#left = this.#left.filter((table) => !taken.includes(table))
    return taken
  }

  takeRest(): readonly OwnedTable[] {
    const rest = this.#left
    this.#left = []
    return rest
  }
}
