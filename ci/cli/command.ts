import type { Command } from 'commander'
import type { ExitCode } from './exitCode.ts'
import type { CliIo } from './io.ts'

/** Adds a command to the program. Its code is loaded when it is chosen, which ends with `done`. */
export type AddCommand = (program: Command, io: CliIo, done: (code: ExitCode) => void) => void
