/** Runs the command line with the streams, signals and environment of this process. */
import type { CliIo, TextSink } from '../cli/io.ts'
import { main } from '../cli/main.ts'
import { COMMANDS } from '../commands/index.ts'

/** How long a command may take to stop after the first signal. */
const STOP_GRACE_MS = 5_000

const stop = new AbortController()
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(code)
    stop.abort(signal)
    setTimeout(() => process.exit(code), STOP_GRACE_MS).unref()
  })
}
// A reader that went away, such as `| head`, is not an error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(process.exitCode ?? 0)
  })
}

const io: CliIo = {
  stdout: toSink(process.stdout),
  stderr: toSink(process.stderr),
  env: process.env,
  signal: stop.signal,
}
process.exitCode = await main(process.argv.slice(2), io, COMMANDS)
// Threads that were told to end may take their time; nobody waits for what they do.
if (stop.signal.aborted) process.exit()

function toSink(stream: NodeJS.WriteStream): TextSink {
  const isTerminal = stream.isTTY === true
  const write = (text: string) => void stream.write(text)
  return isTerminal ? { write, isTerminal, columns: stream.columns } : { write, isTerminal }
}
