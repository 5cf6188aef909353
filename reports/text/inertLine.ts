import { toSafeText } from '../../harness/base/safeText.ts'

/**
 * A line of a log that no CI system obeys. GitHub's runner takes a line for a command when it starts with `::` after any
 * space, and when `##[` is anywhere in it (actions/runner, `ActionCommand.cs`); Azure and TeamCity look for `##vso[` and
 * `##teamcity[`. `line` is what is written, without its line break.
 */
export function toInertLine(line: string): string {
  return toInertRest(line.replace(/^(\s*):(?=:)/, '$1\\x3a'))
}

/** `toInertLine` of what stands behind the start of a line. */
export function toInertRest(text: string): string {
  return text.replaceAll(/##(?=\w*\[)/g, '#\\x23')
}

/** `toInertLine` of a text that may hold anything. */
export function toSafeLine(text: string): string {
  return toInertLine(toSafeText(text))
}
