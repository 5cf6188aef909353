import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import { drawLines, type Line } from '../../reports/index.ts'
import { EXIT_CODE, type ExitCode, errorKindToExitCode } from './exitCode.ts'
import { type CliIo, wantsColor } from './io.ts'

/** Where a bug is to be reported, as far as the program knows. */
const REPORT_HINT =
  'This is a bug in Drydock. Please report it with the command line, the version and the text above.'

/**
 * Says on stderr what went wrong, and gives the exit code. An error that Drydock threw on purpose is one message with its
 * hints; anything else is our bug and shows its stack.
 */
export function printError(error: unknown, io: CliIo): ExitCode {
  const isExpected = error instanceof DrydockError && error.kind !== 'bug'
  const lines = isExpected ? expectedLines(error) : bugLines(error)
  io.stderr.write(drawLines(lines, wantsColor(io.stderr, io.env)))
  return error instanceof DrydockError ? errorKindToExitCode(error.kind) : EXIT_CODE.bug
}

function expectedLines(error: DrydockError): readonly Line[] {
  return [[{ text: 'error: ', style: 'red' }, { text: error.message }], ...hintLines(error.hints)]
}

function bugLines(error: unknown): readonly Line[] {
  const hints = error instanceof DrydockError ? error.hints : []
  return [
    [{ text: 'internal error: ', style: 'red' }, { text: errorMessage(error) }],
    ...stackLines(error),
    ...hintLines([...hints, REPORT_HINT]),
  ]
}

function hintLines(hints: readonly string[]): readonly Line[] {
  return hints.map((hint) => [{ text: '  hint: ', style: 'bold' }, { text: hint }])
}

function stackLines(error: unknown): readonly Line[] {
  if (!(error instanceof Error)) return []
  const frames = (error.stack ?? '').split('\n').filter((text) => /^\s+at /.test(text))
  const own: readonly Line[] = frames.map((text) => [{ text: `  ${text.trim()}`, style: 'dim' }])
  if (error.cause === undefined) return own
  return [...own, [{ text: `  caused by: ${errorMessage(error.cause)}` }], ...stackLines(error.cause)]
}
