/** One output stream. */
export interface TextSink {
  write(text: string): void
  readonly isTerminal: boolean
  /** Width, when it is a terminal that knows it. */
  readonly columns?: number
}

/** Everything that the command line takes from its process, handed in so that tests can stand in for it. */
export interface CliIo {
  /** The result, and nothing else. */
  readonly stdout: TextSink
  /** Progress, logs and errors. */
  readonly stderr: TextSink
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted with reason `SIGINT` or `SIGTERM` when the user wants to stop. */
  readonly signal: AbortSignal
}

/** True when colors are wanted: `NO_COLOR` and `FORCE_COLOR` decide, else whether it is a terminal. */
export function wantsColor(sink: TextSink, env: CliIo['env']): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false'
  const refused = env['NO_COLOR']
  if (refused !== undefined && refused !== '') return false
  return sink.isTerminal && env['TERM'] !== 'dumb'
}

/** Columns to lay out for: the terminal's, within what a line can be read at. */
export function layoutWidth(sink: TextSink): number {
  return Math.min(Math.max(sink.columns ?? 100, 60), 140)
}
