import { styleText } from 'node:util'
import { toSafeText } from '../../harness/base/safeText.ts'

/** How a span is drawn where colours are allowed; the text must say the same without it. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** A piece of text in one style. The text may be hostile: it is escaped when it is drawn, and nowhere before. */
export interface Span {
  readonly text: string
  readonly style?: Style
}

export type Line = readonly Span[]

/** A line of one span. */
export function line(text: string, style?: Style): Line {
  return [style === undefined ? { text } : { text, style }]
}

/** An empty line. */
export const BLANK: Line = []

/** Draws lines, each ended by a newline; every text is escaped here. */
export function drawLines(lines: readonly Line[], isColored: boolean): string {
  return lines.map((spans) => `${drawLine(spans, isColored).trimEnd()}\n`).join('')
}

function drawLine(spans: Line, isColored: boolean): string {
  return spans.map((span) => drawSpan(span, isColored)).join('')
}

function drawSpan(span: Span, isColored: boolean): string {
  const text = toSafeText(span.text)
  if (!isColored || span.style === undefined) return text
  return styleText(span.style, text, { validateStream: false })
}
