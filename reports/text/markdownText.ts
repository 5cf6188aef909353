import { toSafeText } from '../../harness/base/safeText.ts'
import { toSafeLine } from './inertLine.ts'

/** Written between characters that GitHub would join to a mention, an issue, an emoji or a link; it draws nothing. */
const SPLIT = '<!-- -->'

/**
 * Text in Markdown that reads as it is, in a paragraph and in a table cell: no markup, HTML, mention, issue, emoji, formula or
 * link comes of it. Characters with a meaning become references, which CommonMark never takes for structure (0.31.2, 2.5);
 * what GitHub acts on after that is split.
 */
export function markdownText(text: string): string {
  return toSafeText(text)
    .trim()
    .replace(/[&<>\\`*_[\]~|!$#@]|:(?=\S)|www(?=\.)|^\d+(?=[.)])|^[-+=.)]/gi, escapeMatch)
}

function escapeMatch(match: string): string {
  if (match === '$') return '<span>$</span>'
  if (/^[#@:w\d]/i.test(match)) return `${match}${SPLIT}`
  return `&#${match.charCodeAt(0)};`
}

/** `markdownText` in a monospaced font. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text)}</code>`
}

/** Lines in a fence that none of them can close. */
export function markdownFence(lines: readonly string[]): string {
  const safe = lines.map(toSafeLine)
  const longest = Math.max(0, ...safe.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)))
  const fence = '`'.repeat(Math.max(3, longest + 1))
  return `${fence}text\n${safe.join('\n')}\n${fence}`
}
