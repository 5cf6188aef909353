/**
 * Characters that move the cursor, change colors, reorder or hide what stands around them: control and format characters
 * (ANSI escapes, bidirectional overrides, zero-width marks, tags), lone surrogates, line and paragraph separators, and the
 * letters and marks that draw nothing.
 */
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\u034f|[\u180b-\u180f]|[\u{e0100}-\u{e01ef}]/gu

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/**
 * One line of text that is inert in a terminal or a log: every unsafe character becomes a visible escape such as `\x1b` or
 * `\u{202e}`. For text that comes from a chain, a runtime, a file name or an endpoint. It does not escape markup: a renderer
 * of HTML or Markdown does that on top.
 */
export function toSafeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacter)
}

function escapeCharacter(character: string): string {
  const short = SHORT.get(character)
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex.padStart(4, '0')}}`
}
