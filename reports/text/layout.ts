import { toSafeText } from '../../harness/base/safeText.ts'
import type { Line, Span, Style } from './spans.ts'

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u
const COMBINING = /\p{M}/u

/** Columns that a terminal uses for `text` once it is escaped. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of toSafeText(text)) {
    if (COMBINING.test(character)) continue
    width += WIDE.test(character) ? 2 : 1
  }
  return width
}

/**
 * Breaks `text` at spaces into lines of at most `width` columns. A longer word, such as a hash or a path, stays whole, so that
 * it can be copied.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let current = ''
  let used = 0
  for (const word of text.split(' ')) {
    const wordWidth = displayWidth(word)
    if (current !== '' && used + 1 + wordWidth > width) {
      lines.push(current)
      current = word
      used = wordWidth
      continue
    }
    current = current === '' ? word : `${current} ${word}`
    used = displayWidth(current)
  }
  lines.push(current)
  return lines
}

/** The start of `text`, with a note of how much was left out. */
export function clipText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength)} … (${text.length - maxLength} more characters in --json)`
}

export interface ParagraphOptions {
  readonly width: number
  readonly indent: number
  readonly style?: Style
}

/** Wrapped text, each line behind the same indent. */
export function paragraph(text: string, options: ParagraphOptions): readonly Line[] {
  const { width, indent, style } = options
  const margin: Span = { text: ' '.repeat(indent) }
  return wrapText(text, width - indent).map((part) => [
    margin,
    style === undefined ? { text: part } : { text: part, style },
  ])
}

export interface TableOptions {
  readonly width: number
  readonly indent: number
  /** Columns whose cells stand at the right edge, such as numbers. */
  readonly rightAligned?: readonly number[]
}

/** Rows in columns two spaces apart, each column as wide as its widest cell; the last column is wrapped. */
export function table(rows: readonly Line[], options: TableOptions): readonly Line[] {
  const widths = columnWidths(rows)
  const lastStart = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, options.indent)
  return rows.flatMap((row) => tableRow(row, { ...options, widths, lastStart }))
}

interface RowOptions extends TableOptions {
  readonly widths: readonly number[]
  readonly lastStart: number
}

function tableRow(row: Line, options: RowOptions): readonly Line[] {
  const { widths, lastStart, rightAligned = [] } = options
  const lastIndex = widths.length - 1
  const spans: Span[] = [{ text: ' '.repeat(options.indent) }]
  for (let index = 0; index < lastIndex; index++) {
    const cell = row[index] ?? { text: '' }
    const gap = ' '.repeat((widths[index] ?? 0) - displayWidth(cell.text))
    spans.push(...(rightAligned.includes(index) ? [{ text: gap }, cell] : [cell, { text: gap }]), {
      text: '  ',
    })
  }
  const last = row[lastIndex] ?? { text: '' }
  if (rightAligned.includes(lastIndex)) {
    return [[...spans, { text: ' '.repeat((widths[lastIndex] ?? 0) - displayWidth(last.text)) }, last]]
  }
  const [first = '', ...rest] = wrapText(last.text, Math.max(20, options.width - lastStart))
  const margin = { text: ' '.repeat(lastStart) }
  return [[...spans, { ...last, text: first }], ...rest.map((text): Line => [margin, { ...last, text }])]
}

function columnWidths(rows: readonly Line[]): readonly number[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell.text))
    }
  }
  return widths
}
