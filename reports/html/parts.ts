import type { DataTable } from '../../harness/base/dataTable.ts'
import type { Severity, Verdict } from '../../harness/base/finding.ts'
import type { CheckResult } from '../checkReport.ts'
import { formatCell } from '../text/cells.ts'
import { formatPlural } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup, type MarkupPart } from './markup.ts'

/** A part of the page that the table of contents leads to. */
export interface Section {
  readonly id: string
  readonly title: string
  /** Shown behind the title in the table of contents, such as a number of findings. */
  readonly count?: string
  readonly body: Markup
}

const MAX_CELL_LENGTH = 300

export type MarkName = CheckResult['status'] | Severity | 'accepted' | 'notRequested'

const MARK_WORDS: Readonly<Record<MarkName, string>> = {
  passed: 'passed',
  failed: 'failed',
  inconclusive: 'no result',
  notApplicable: 'does not apply',
  notRequested: 'not run',
  error: 'error',
  warning: 'warning',
  info: 'info',
  accepted: 'accepted',
}

/** Each its own shape, so that it says the same without its colour. */
const MARK_SHAPES: Readonly<Record<MarkName, string>> = {
  passed: 'tick',
  failed: 'cross',
  inconclusive: 'question',
  notApplicable: 'dash',
  notRequested: 'ring',
  error: 'cross',
  warning: 'triangle',
  info: 'dot',
  accepted: 'tick',
}

const VERDICT_MARKS: Readonly<Record<Verdict, MarkName>> = {
  ready: 'passed',
  notReady: 'failed',
  inconclusive: 'inconclusive',
}

/** The status as a shape and a word. */
export function mark(name: MarkName): Markup {
  return html`<span class="mark m-${name}">${icon(name)}${MARK_WORDS[name]}</span>`
}

export function verdictMark(verdict: Verdict): Markup {
  return icon(VERDICT_MARKS[verdict])
}

/** The colour class of a verdict. */
export function verdictClass(verdict: Verdict): string {
  return `m-${VERDICT_MARKS[verdict]}`
}

function icon(name: MarkName): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-${MARK_SHAPES[name]}"/></svg>`
}

/** The shapes that `mark` refers to; once a page. */
export const ICON_SHEET = html`<svg width="0" height="0" class="sheet" aria-hidden="true"><defs>
<symbol id="i-tick" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="fill"/><path d="M4.5 8.3l2.4 2.4 4.6-5" class="cut"/></symbol>
<symbol id="i-cross" viewBox="0 0 16 16"><path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" class="fill"/><path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" class="cut"/></symbol>
<symbol id="i-question" viewBox="0 0 16 16"><path d="M8 .8L15.2 8 8 15.2.8 8z" class="fill"/><path d="M6.2 6.4a1.8 1.8 0 1 1 2.5 1.7c-.5.2-.7.5-.7 1M8 11.2v.1" class="cut"/></symbol>
<symbol id="i-dash" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line"/><path d="M5 8h6" class="line"/></symbol>
<symbol id="i-ring" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line" stroke-dasharray="2.2 2.2"/></symbol>
<symbol id="i-triangle" viewBox="0 0 16 16"><path d="M8 1.2L15.4 14.4H.6z" class="fill"/><path d="M8 6v4M8 12.2v.1" class="cut"/></symbol>
<symbol id="i-dot" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line"/><path d="M8 7.4v4M8 4.6v.1" class="line"/></symbol>
</defs></svg>`

/** Names and values; a value that is not there is left out. */
export function definitions(rows: readonly (readonly [string, MarkupPart])[]): Markup {
  const present = rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return html`<dl>${present.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** A hash in full, to be compared and copied. */
export function hash(value: string): Markup {
  return html`<code class="hash">${value}</code>`
}

export interface TableParts {
  readonly caption: string
  readonly columns: readonly { readonly name: string; readonly isNumber?: boolean }[]
  /** The first cell of each names the row. */
  readonly rows: readonly (readonly MarkupPart[])[]
  /** True when the heading above says what the caption says. */
  readonly hidesCaption?: boolean
}

/** A table that scrolls by itself where it is wider than the page, by keyboard too. */
export function table({ caption, columns, rows, hidesCaption = false }: TableParts): Markup {
  const isNumber = (index: number) => columns[index]?.isNumber === true
  const cell = (value: MarkupPart, index: number) => {
    if (index === 0) return html`<th scope="row">${value}</th>`
    return isNumber(index) ? html`<td class="n">${value}</td>` : html`<td>${value}</td>`
  }
  return html`${scrollStart(caption)}<table><caption${hidesCaption ? html` class="unseen"` : ''}>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${column.isNumber ? html` class="n"` : ''}>${column.name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map(cell)}</tr>
`,
  )}</tbody></table></div>`
}

/** Opens the box that a wide table scrolls in; it is closed by `</div>`. */
export function scrollStart(label: string): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">`
}

export interface DataTableOptions {
  readonly maxRows: number
  readonly hidesCaption?: boolean
}

/** A check's own table. */
export function dataTable(data: DataTable, { maxRows, hidesCaption = false }: DataTableOptions): Markup {
  if (data.rows.length === 0)
    return html`<p class="quiet">${clip(data.title, MAX_CELL_LENGTH)}: nothing to show.</p>`
  const hidden = data.rows.length - maxRows
  const rows = data.rows
    .slice(0, maxRows)
    .map((row) => data.columns.map(({ kind }, index) => clip(formatCell(row[index], kind), MAX_CELL_LENGTH)))
  return html`${table({
    caption: clip(data.title, MAX_CELL_LENGTH),
    columns: data.columns.map(({ name, kind }) => ({ name: clip(name, 100), isNumber: kind !== 'text' })),
    rows,
    hidesCaption,
  })}${moreNote(hidden, 'row')}`
}

/** Says how much only the JSON has; nothing when nothing is left out. */
export function moreNote(hidden: number, singular: string): Markup {
  return hidden > 0
    ? html`<p class="quiet">${formatPlural(hidden, `more ${singular}`)} in report.json.</p>`
    : EMPTY
}
