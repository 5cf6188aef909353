import type { CheckReport } from '../checkReport.ts'
import { formatFact } from '../text/cells.ts'
import { clip, EMPTY, html, type Markup } from './markup.ts'
import { moreNote, type Section, table } from './parts.ts'

const MAX_TEXT_LENGTH = 600
const MAX_ROWS = 150

/** What the run took for granted, and what the user should know of the settings. */
export function notesSection({ assumptions = [], notes = [] }: CheckReport): Section | null {
  if (assumptions.length + notes.length === 0) return null
  const body = html`${list('Assumed, and not looked at', assumptions)}${list('Of the settings', notes)}`
  return { id: 'notes', title: 'Assumptions and notes', body }
}

function list(title: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return EMPTY
  const shown = texts.slice(0, MAX_ROWS)
  return html`<h3>${title}</h3><ul>${shown.map((text) => html`<li>${clip(text, MAX_TEXT_LENGTH)}</li>`)}</ul>${moreNote(texts.length - shown.length, 'line')}`
}

/** What the checks measured. */
export function measuresSection({ checks }: CheckReport): Section | null {
  const rows = checks.flatMap(({ id, measures = {} }) =>
    Object.entries(measures).map(([name, value]) => [
      html`<code>${id}</code>`,
      clip(name, 200),
      clip(formatFact(value), MAX_TEXT_LENGTH),
    ]),
  )
  if (rows.length === 0) return null
  const body = html`<details><summary>What the checks measured (${rows.length})</summary>${table({
    caption: 'Measurements by check',
    hidesCaption: true,
    columns: [{ name: 'check' }, { name: 'what' }, { name: 'value', isNumber: true }],
    rows: rows.slice(0, MAX_ROWS * 2),
  })}${moreNote(rows.length - MAX_ROWS * 2, 'value')}</details>`
  return { id: 'measures', title: 'Measurements', body }
}
