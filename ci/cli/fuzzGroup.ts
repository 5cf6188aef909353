import type { Command } from 'commander'

/** The parent of every way of fuzzing: whoever comes first makes it. */
export function fuzzCommand(program: Command): Command {
  return (
    program.commands.find((one) => one.name() === 'fuzz') ??
    program.command('fuzz').description('search for inputs that break a runtime or a consensus function')
  )
}
