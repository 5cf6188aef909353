import type { CheckResult } from '../model/checkResult.ts'
import type { DataTable } from '../model/dataTable.ts'
import type { Severity } from '../model/finding.ts'
import type { Verdict } from '../model/verdict.ts'
import { formatCell } from '../text/cells.ts'
import { formatPlural } from '../text/numbers.ts'
import { clip, EMPTY, html, type Markup, type MarkupPart, shorten } from './markup.ts'

/** A part of the page that the table of contents leads to. */
export interface Section {
  readonly id: string
  readonly title: string
  /** Shown behind the title in the table of contents, such as a number of findings. */
  readonly count?: string
  readonly body: Markup
}

const MAX_CELL_LENGTH = 300

export type BadgeName = CheckResult['status'] | Severity | 'accepted' | 'notRequested'

const MARK_WORDS: Readonly<Record<BadgeName, string>> = {
  passed: 'passed',
  review: 'review',
  failed: 'failed',
  inconclusive: 'no result',
  notApplicable: 'does not apply',
  notRequested: 'not run',
  error: 'error',
  warning: 'warning',
  info: 'info',
  accepted: 'accepted',
}

/** Each its own shape, so that it says the same without its color. */
const MARK_SHAPES: Readonly<Record<BadgeName, string>> = {
  passed: 'tick',
  review: 'eye',
  failed: 'cross',
  inconclusive: 'half',
  notApplicable: 'dash',
  notRequested: 'ring',
  error: 'cross',
  warning: 'triangle',
  info: 'dot',
  accepted: 'tick',
}

const VERDICT_MARKS: Readonly<Record<Verdict, BadgeName>> = {
  ready: 'passed',
  review: 'review',
  notReady: 'failed',
  inconclusive: 'inconclusive',
}

/** The status as a shape and a word. */
export function statusBadge(name: BadgeName): Markup {
  return html`<span class="mark m-${name}">${icon(name)}${MARK_WORDS[name]}</span>`
}

export function verdictMark(verdict: Verdict): Markup {
  return icon(VERDICT_MARKS[verdict])
}

/** The color class of a verdict. */
export function verdictClass(verdict: Verdict): string {
  return `m-${VERDICT_MARKS[verdict]}`
}

function icon(name: BadgeName): Markup {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><use href="#i-${MARK_SHAPES[name]}"/></svg>`
}

/** The shapes that `mark` refers to; once a page. */
export const ICON_SHEET = html`<svg width="0" height="0" class="sheet" aria-hidden="true"><defs>
<symbol id="i-tick" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" class="fill"/><path d="M4.5 8.3l2.4 2.4 4.6-5" class="cut"/></symbol>
<symbol id="i-cross" viewBox="0 0 16 16"><path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" class="fill"/><path d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2" class="cut"/></symbol>
<symbol id="i-half" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line"/><path d="M8 1.7a6.3 6.3 0 0 1 0 12.6z" class="fill"/></symbol>
<symbol id="i-dash" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line"/><path d="M5 8h6" class="line"/></symbol>
<symbol id="i-ring" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line" stroke-dasharray="2.2 2.2"/></symbol>
<symbol id="i-triangle" viewBox="0 0 16 16"><path d="M8 1.2L15.4 14.4H.6z" class="fill"/><path d="M8 6v4M8 12.2v.1" class="cut"/></symbol>
<symbol id="i-dot" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" class="line"/><path d="M8 7.4v4M8 4.6v.1" class="line"/></symbol>
<symbol id="i-eye" viewBox="0 0 16 16"><path d="M1 8s2.6-4.6 7-4.6S15 8 15 8s-2.6 4.6-7 4.6S1 8 1 8z" class="line"/><circle cx="8" cy="8" r="2.2" class="fill"/></symbol>
</defs></svg>`

/** Names and values; a value that is not there is left out. */
export function definitions(rows: readonly (readonly [string, MarkupPart])[]): Markup {
  const present = rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
  return html`<dl>${present.map(([name, value]) => html`<div${isLong(value) ? html` class="long"` : EMPTY}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** Longer than half a line. */
function isLong(value: MarkupPart): boolean {
  return typeof value === 'string' && value.length > 36
}

/** A hash in full, to be compared and copied. */
export function hash(value: string): Markup {
  return html`<code class="hash">${value}</code>`
}

export interface TableColumn {
  readonly name: string
  readonly isNumber?: boolean
  /** Characters that should not be broken, such as those of the longest name in it. */
  readonly wordLength?: number
}

export interface TableParts {
  readonly caption: string
  readonly columns: readonly TableColumn[]
  /** The first cell of each names the row. */
  readonly rows: readonly (readonly MarkupPart[])[]
  /** True when the heading above says what the caption says. */
  readonly hidesCaption?: boolean
}

/** A table that scrolls by itself where it is wider than the page, by keyboard too. */
export function table({ caption, columns, rows, hidesCaption = false }: TableParts): Markup {
  const cell = (value: MarkupPart, index: number) => {
    if (index === 0) return html`<th scope="row">${value}</th>`
    return columns[index]?.isNumber === true ? html`<td class="n">${value}</td>` : html`<td>${value}</td>`
  }
  return html`${scrollStart(caption)}<table><caption${hidesCaption ? html` class="unseen"` : EMPTY}>${caption}</caption>
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map(cell)}</tr>
`,
  )}</tbody></table></div>`
}

/** The first column names the rows, and stands at the left also when it holds numbers. */
function headCell({ name, isNumber = false, wordLength = 0 }: TableColumn, index: number): Markup {
  const isRight = isNumber && index > 0
  const width = wordLength > 0 ? html` style="min-width:calc(${Math.min(wordLength, 28)}ch + 1.6rem)"` : EMPTY
  return html`<th scope="col"${isRight ? html` class="n"` : EMPTY}${isRight ? EMPTY : width}>${name}</th>`
}

/** Opens the box that a wide table scrolls in; it is closed by `</div>`. */
export function scrollStart(label: string): Markup {
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${label}">`
}

export interface DataTableOptions {
  readonly maxRows: number
  /** Of the texts in it, escaped. */
  readonly maxLength: number
  readonly hidesCaption?: boolean
}

/** A check's own table, without columns that say nothing. */
export function dataTable(data: DataTable, options: DataTableOptions): Markup {
  const { maxRows: maxCount, maxLength, hidesCaption = false } = options
  const title = clip(data.title, MAX_CELL_LENGTH)
  if (data.rows.length === 0) return html`<p class="quiet">${title}: nothing to show.</p>`
  const texts = data.rows
    .slice(0, maxCount)
    .map((row) => data.columns.map(({ kind }, index) => clip(formatCell(row[index], kind), MAX_CELL_LENGTH)))
  const { shown } = shorten(texts, (row) => row.join(''), { maxCount, maxLength })
  const hidden = data.rows.length - shown.length
  const columns = data.columns.flatMap(({ name, kind }, index) => {
    const cells = shown.map((row) => row[index] ?? '')
    return index > 0 && cells.every((cell) => cell === '')
      ? []
      : [{ name: clip(name, 100), isNumber: kind !== 'text', wordLength: longestWord(cells), cells }]
  })
  const rows = shown.map((_, at) => columns.map(({ cells }) => cells[at]))
  return html`${table({ caption: title, columns, rows, hidesCaption })}${moreNote(hidden, 'row')}`
}

function longestWord(cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, ...cell.split(' ').map(({ length }) => length)), 0)
}

/** Says how much only the JSON has; nothing when nothing is left out. */
export function moreNote(hidden: number, singular: string): Markup {
  return hidden > 0
    ? html`<p class="quiet">${formatPlural(hidden, `more ${singular}`)} in report.json.</p>`
    : EMPTY
}
