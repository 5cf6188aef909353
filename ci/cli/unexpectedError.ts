import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { ExitCode } from './exitCode.ts'
import type { CliIo } from './io.ts'
import { printError } from './printError.ts'

/** What the operating system says when a resource of the machine is used up or refused. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set([
  ...['EMFILE', 'ENFILE', 'ENOSPC', 'EDQUOT', 'EIO', 'ENOMEM', 'EROFS', 'EFBIG'],
  ...['EAGAIN', 'ENODEV', 'ENXIO', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_MEMORY_ALLOCATION_FAILED'],
])

/** Says on stderr what nobody caught, and gives the exit code: environment for what the machine refused, otherwise a bug. */
export function unexpectedError(error: unknown, io: CliIo): ExitCode {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (error instanceof DrydockError || !OF_THE_MACHINE.has(code)) return printError(error, io)
  const said = new DrydockError(`the machine refused: ${errorMessage(error)}`, {
    code: 'MACHINE_REFUSED',
    kind: 'environment',
    hints: ['Free disk space, memory or open files, and run the command again.'],
    details: { code },
    cause: error,
  })
  return printError(said, io)
}
