import type { PanicLocation } from '../executor.ts'

export interface PanicText {
  /** What the code said, without its place. */
  readonly message: string
  readonly location: PanicLocation | null
}

const START = 'panicked at '
const END_OF_OLD_MESSAGE = "', "
/** `:line:column` at the end of a line. */
const POSITION = /:(\d{1,9}):(\d{1,9})$/

/**
 * Takes apart what a runtime logs when it panics. rustc up to 1.72 writes `panicked at 'message', file:line:column`, later
 * ones `panicked at file:line:column:` and the message on the following lines. Any other text is a message without a place.
 * Linear in the length of the text, which comes from a chain.
 */
export function parsePanicMessage(text: string): PanicText {
  const trimmed = text.trimEnd()
  if (!trimmed.startsWith(START)) return { message: trimmed, location: null }
  const rest = trimmed.slice(START.length)
  return (rest.startsWith("'") ? parseOld(rest) : parseNew(rest)) ?? { message: trimmed, location: null }
}

/** The message may hold quotes and newlines, so the place is sought from the end. */
function parseOld(rest: string): PanicText | null {
  const end = rest.lastIndexOf(END_OF_OLD_MESSAGE)
  if (end < 1) return null
  const location = parseLocation(rest.slice(end + END_OF_OLD_MESSAGE.length))
  return location === null ? null : { message: rest.slice(1, end), location }
}

function parseNew(rest: string): PanicText | null {
  const newline = rest.indexOf('\n')
  const line = newline === -1 ? rest : rest.slice(0, newline)
  const location = parseLocation(line.endsWith(':') ? line.slice(0, -1) : line)
  return location === null ? null : { message: newline === -1 ? '' : rest.slice(newline + 1), location }
}

function parseLocation(text: string): PanicLocation | null {
  const match = POSITION.exec(text.slice(-24))
  if (match === null || text.includes('\n')) return null
  const file = text.slice(0, text.length - match[0].length)
  return file === '' ? null : { file, line: Number(match[1]), column: Number(match[2]) }
}
