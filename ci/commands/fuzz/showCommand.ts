import { stepText } from '../../../fuzz/strategies/step.ts'
import { toSafeText } from '../../../harness/base/safeText.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import type { CliIo } from '../../cli/io.ts'
import { readInput } from './readInput.ts'

/** `drydock fuzz show`: the steps of a file, one a line. Errors as `readInput`. */
export function showCommand(input: string, io: CliIo): ExitCode {
  for (const step of readInput(input)) io.stdout.write(`${toSafeText(stepText(step))}\n`)
  return EXIT_CODE.ready
}
