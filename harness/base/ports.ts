/** Time, handed in so that runs can be replayed. */
export interface Clock {
  /** Monotonic milliseconds, for durations. */
  nowMs(): number
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Where progress and diagnostics go; never stdout. */
export interface Logger {
  log(level: LogLevel, message: string): void
}
