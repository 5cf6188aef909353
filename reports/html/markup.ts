import { toSafeText } from '../../harness/base/safeText.ts'

/** A piece of markup whose texts are escaped already. Only `html` and `joinMarkup` make one. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand in a template: a text, which is escaped; markup; nothing. */
export type MarkupPart = string | number | Markup | null | undefined | readonly MarkupPart[]

export const EMPTY = new Markup('')

/**
 * Markup from a template. Whatever is filled in is escaped, in text and in quoted attributes alike, unless it is markup
 * itself: control, format and bidirectional characters become visible, and `& < > " '` character references.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  let text = strings[0] ?? ''
  for (const [index, part] of parts.entries()) text += partText(part) + (strings[index + 1] ?? '')
  return new Markup(text)
}

function partText(part: MarkupPart): string {
  if (part === null || part === undefined) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part))
  return part.map(partText).join('')
}

const REFERENCES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

function escapeText(text: string): string {
  return toSafeText(text).replace(/[&<>"']/g, (character) => REFERENCES.get(character) ?? '')
}

/** The start of a long text, with a note of how much more the JSON has. */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  return `${text.slice(0, maxLength)} … (${text.length - maxLength} more characters in report.json)`
}

/** For `id` and links: letters, digits and dashes of a text that may hold anything. */
export function slug(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-|-$/g, '').slice(0, 60) || 'x'
}

export interface Shortened<T> {
  readonly shown: readonly T[]
  readonly hidden: number
}

/** The first items, as many as `maxCount` and as fit into `maxLength` characters of what is drawn of them, once escaped. */
export function shorten<T>(
  items: readonly T[],
  textOf: (item: T) => string,
  limits: { readonly maxCount: number; readonly maxLength: number },
): Shortened<T> {
  let length = 0
  const first = items.slice(0, limits.maxCount)
  const end = first.findIndex((item) => {
    length += escapeText(textOf(item)).length
    return length > limits.maxLength
  })
  const shown = end === -1 ? first : first.slice(0, end)
  return { shown, hidden: items.length - shown.length }
}
