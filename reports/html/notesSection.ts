import type { CheckReport } from '../checkReport.ts'
import { assumptionsOf } from '../summary.ts'
import { formatFact } from '../text/cells.ts'
import { clip, EMPTY, html, type Markup, shorten } from './markup.ts'
import { moreNote, type Section, table } from './parts.ts'

const MAX_TEXT_LENGTH = 600
const MAX_ROWS = 150
const MAX_MEASURES = 400
const MAX_LIST_LENGTH = 60_000

/** What the run took for granted, and what the user should know of the settings. */
export function notesSection(report: CheckReport): Section | null {
  const { notes = [] } = report
  const assumptions = assumptionsOf(report)
  if (assumptions.length + notes.length === 0) return null
  const body = html`${list('Assumed, not tested', assumptions)}${list('About the settings', notes)}`
  return { id: 'notes', title: 'Assumptions and notes', body }
}

function list(title: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return EMPTY
  const clipped = texts.map((text) => clip(text, MAX_TEXT_LENGTH))
  const { shown } = shorten(clipped, String, { maxCount: MAX_ROWS, maxLength: MAX_LIST_LENGTH })
  return html`<h3>${title}</h3><ul>${shown.map((text) => html`<li>${text}</li>`)}</ul>${moreNote(texts.length - shown.length, 'line')}`
}

/** What the checks measured. */
export function measuresSection({ checks }: CheckReport): Section | null {
  const rows = checks.flatMap(({ id, measures = {} }) =>
    Object.entries(measures).map(([name, value]) => [
      clip(id, 100),
      clip(name, 200),
      clip(formatFact(value), MAX_TEXT_LENGTH),
    ]),
  )
  if (rows.length === 0) return null
  const limits = { maxCount: MAX_MEASURES, maxLength: MAX_LIST_LENGTH }
  const { shown, hidden } = shorten(rows, (row) => row.join(''), limits)
  const body = html`<details><summary>What the checks measured (${rows.length})</summary>${table({
    caption: 'Measurements by check',
    hidesCaption: true,
    columns: [{ name: 'check' }, { name: 'what' }, { name: 'value', isNumber: true }],
    rows: shown,
  })}${moreNote(hidden, 'value')}</details>`
  return { id: 'measures', title: 'Measurements', body }
}
