import { main } from '../cli/main.ts'
import { COMMANDS } from './index.ts'

/** What a command line did. */
export interface CliRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface CliRunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  readonly isTerminal?: boolean
}

/** Runs `main` in this process with streams of its own; for tests. */
export async function runCli(argv: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text
    },
    isTerminal: options.isTerminal ?? false,
  })
  const io = {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: options.env ?? {},
    signal: options.signal ?? new AbortController().signal,
  }
  const exitCode = await main(argv, io, COMMANDS)
  return { exitCode, ...written }
}
