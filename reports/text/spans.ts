import { styleText } from 'node:util'
import { toSafeText } from '../../harness/base/safeText.ts'
import { toInertRest, toSafeLine } from './inertLine.ts'

/** How a span is drawn where colors are allowed; the text must say the same without it. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** A piece of text in one style. The text may be hostile: it is escaped when it is drawn, and nowhere before. */
export interface Span {
  readonly text: string
  readonly style?: Style
}

export type Line = readonly Span[]

/** Far above what anything of ours takes; a runtime may have a name of megabytes. */
const MAX_SPAN_LENGTH = 10_000

/** A line of one span. */
export function textLine(text: string, style?: Style): Line {
  return [style === undefined ? { text } : { text, style }]
}

/** An empty line. */
export const BLANK: Line = []

/** Draws lines, each ended by a newline; every text is escaped here, so that neither a terminal nor a CI log obeys it. */
export function drawLines(lines: readonly Line[], isColored: boolean): string {
  return lines.map((spans) => `${drawLine(spans, isColored).trimEnd()}\n`).join('')
}

function drawLine(spans: Line, isColored: boolean): string {
  let isStart = true
  let drawn = ''
  for (const span of spans) {
    const shown = shorten(span.text)
    const text = isStart ? toSafeLine(shown) : toInertRest(toSafeText(shown))
    if (text.trim() !== '') isStart = false
    drawn += drawSpan(text, span.style, isColored)
  }
  return drawn
}

function shorten(text: string): string {
  const more = text.length - MAX_SPAN_LENGTH
  return more > 0 ? `${text.slice(0, MAX_SPAN_LENGTH)} … (${more} more characters)` : text
}

function drawSpan(text: string, style: Style | undefined, isColored: boolean): string {
  return isColored && style !== undefined ? styleText(style, text, { validateStream: false }) : text
}
