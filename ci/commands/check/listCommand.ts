import { drawLines } from '../../../reports/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import { type CliIo, wantsColor } from '../../cli/io.ts'
import { ALL_CHECKS } from '../../config/allChecks.ts'

/** `drydock check --list`: the catalog, a line for each check. */
export function listCommand(io: CliIo): ExitCode {
  const width = Math.max(...ALL_CHECKS.map(({ id }) => id.length))
  const lines = ALL_CHECKS.map(({ id, title, profile = 'quick' }) => [
    { text: id.padEnd(width + 2), style: 'bold' as const },
    { text: profile.padEnd(7), style: 'dim' as const },
    { text: title },
  ])
  io.stdout.write(drawLines(lines, wantsColor(io.stdout, io.env)))
  return EXIT_CODE.ready
}
