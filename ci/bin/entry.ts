/** Runs the command line with the streams, signals and environment of this process. */
import { writeSync } from 'node:fs'
import { EXIT_CODE } from '../cli/exitCode.ts'
import type { CliIo, TextSink } from '../cli/io.ts'
import { main } from '../cli/main.ts'
import { unexpectedError } from '../cli/unexpectedError.ts'
import { COMMANDS } from '../commands/index.ts'

/** How long a command may take to stop after the first signal. */
const STOP_GRACE_MS = 5_000

const ENDED_EARLY = `error: the process was ended before there was a result: no verdict
  hint: Look for process.exit() in drydock.config, invariants and scenarios, and for an await at the top of one that never settles.
`

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
/** True once the command has come to its end and the exit code is its own. */
let isDone = false
// A reader that went away, such as `| head`, is not an error of ours; the verdict is still to come when it leaves early.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') endWith(error)
    else if (isDone) process.exit()
  })
}

const io: CliIo = {
  stdout: toSink(process.stdout),
  stderr: toSink(process.stderr),
  env: process.env,
  signal: stop.signal,
}
// Node's own codes for errors that nobody caught (1, 13) are verdicts of ours, and 0 is what a module of the user's may end with.
process.on('uncaughtException', endWith)
process.on('unhandledRejection', endWith)
process.on('exit', () => {
  if (isDone || stop.signal.aborted) return
  process.exitCode = EXIT_CODE.usage
  writeSync(process.stderr.fd, ENDED_EARLY)
})
const exitCode = await main(process.argv.slice(2), io, COMMANDS)
isDone = true
process.exitCode = exitCode
// Threads that were told to end may take their time; nobody waits for what they do.
if (stop.signal.aborted) process.exit()

/** For errors that reach nobody: no verdict, whatever Node would exit with. */
function endWith(error: unknown): never {
  isDone = true
  process.exit(unexpectedError(error, io))
}

function toSink(stream: NodeJS.WriteStream): TextSink {
  const isTerminal = stream.isTTY === true
  const write = (text: string) => void stream.write(text)
  return isTerminal ? { write, isTerminal, columns: stream.columns } : { write, isTerminal }
}
