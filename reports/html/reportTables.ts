import type { CheckReport } from '../checkReport.ts'
import type { DataTable } from '../model/dataTable.ts'
import { formatPlural } from '../text/numbers.ts'
import { clip, html, type Markup } from './markup.ts'
import { dataTable } from './parts.ts'

const MAX_ROWS = 200
/** Of texts in one table. */
const MAX_TABLE_LENGTH = 60_000
/** Of the markup of all tables of checks. */
const MAX_TOTAL_LENGTH = 300_000
/** A longer table is folded. */
const MAX_OPEN_ROWS = 10
const MAX_TITLE_LENGTH = 300

/** The tables of all checks; each is given out once, so that what has no place of its own comes last. */
export class ReportTables {
  #left: readonly DataTable[]
  #room = MAX_TOTAL_LENGTH

  constructor(report: CheckReport) {
    this.#left = report.checks.flatMap(({ tables = [] }) => tables)
  }

  /** Those with one of the ids, in the order of the ids. */
  take(ids: readonly string[]): readonly DataTable[] {
    const taken = ids.flatMap((id) => this.#left.filter((table) => table.id === id))
    this.#left = this.#left.filter((table) => !taken.includes(table))
    return taken
  }

  takeRest(): readonly DataTable[] {
    const rest = this.#left
    this.#left = []
    return rest
  }

  /** A table in full, or as much of it as the page has room for. */
  draw(data: DataTable, hidesCaption = false): Markup {
    const maxLength = Math.min(MAX_TABLE_LENGTH, this.#room / 3)
    const title = clip(data.title, MAX_TITLE_LENGTH)
    if (this.#room <= 0)
      return html`<p class="quiet">${title}: ${formatPlural(data.rows.length, 'row')} in report.json.</p>`
    const drawn = dataTable(data, { maxRows: MAX_ROWS, maxLength, hidesCaption })
    this.#room -= drawn.text.length
    return drawn
  }

  /** `draw`, folded when it is long. */
  drawFolded(data: DataTable): Markup {
    const drawn = this.draw(data)
    if (data.rows.length <= MAX_OPEN_ROWS) return drawn
    const title = `${clip(data.title, MAX_TITLE_LENGTH)} (${formatPlural(data.rows.length, 'row')})`
    return html`<details><summary>${title}</summary>${drawn}</details>`
  }
}
