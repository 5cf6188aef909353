import { appendFileSync, closeSync, openSync } from 'node:fs'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'
import type { Clock, Logger } from '../../harness/base/ports.ts'
import { toSafeText } from '../../harness/base/safeText.ts'
import { drawLines, type Line, type Style } from '../../reports/index.ts'
import { type CliIo, layoutWidth, wantsColor } from './io.ts'

/** How much is told to people who wait. */
export type Verbosity = 'quiet' | 'normal' | 'verbose'

export interface ProgressOptions {
  readonly io: CliIo
  readonly clock: Clock
  readonly verbosity: Verbosity
  /** Gets every message with its time, whatever the verbosity; null for none. */
  readonly logFile: string | null
}

const LIVE_EVERY_MS = 100
const PLAIN_EVERY_MS = 10_000
const CLEAR_LINE = '\r\u001b[2K'

/**
 * What is going on, on stderr: on a terminal one line that is written over, elsewhere a line now and then, so that a log of hours
 * stays short. Messages and results stand in lines of their own.
 */
export class Progress implements Logger {
  readonly #options: ProgressOptions
  readonly #startMs: number
  readonly #logFile: number | null
  #lastMs: number
  #isLineOpen = false

  /** Throws `LOG_FILE` when the log file can't be written. */
  constructor(options: ProgressOptions) {
    this.#options = options
    this.#startMs = options.clock.nowMs()
    this.#lastMs = this.#startMs
    this.#logFile = options.logFile === null ? null : openLog(options.logFile)
  }

  /** What is being done right now; soon replaced. */
  update(message: string): void {
    this.#record('info', message)
    const { io, verbosity, clock } = this.#options
    if (verbosity === 'quiet') return
    if (verbosity === 'verbose') {
      this.line([{ text: message, style: 'dim' }])
      return
    }
    const nowMs = clock.nowMs()
    if (nowMs - this.#lastMs < (io.stderr.isTerminal ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return
    this.#lastMs = nowMs
    const text = `${this.#elapsed(nowMs)} ${toSafeText(message)}`
    if (!io.stderr.isTerminal) {
      io.stderr.write(`${text}\n`)
      return
    }
    const width = layoutWidth(io.stderr) - 1
    io.stderr.write(`${CLEAR_LINE}${text.slice(0, width)}`)
    this.#isLineOpen = true
  }

  /** A line that stays, unless quiet. */
  line(spans: Line): void {
    if (this.#options.verbosity === 'quiet') return
    this.#write(spans)
  }

  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void {
    this.#record(level, message)
    const { verbosity } = this.#options
    if (level === 'debug' && verbosity !== 'verbose') return
    if (level === 'info' && verbosity === 'quiet') return
    const style: Style = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'dim'
    const prefix = level === 'info' ? '' : `${level}: `
    this.#write([{ text: `${prefix}${message}`, style }])
  }

  /** Ends the live line, so that other output begins a new one. */
  close(): void {
    this.#endLine()
    if (this.#logFile !== null) closeSync(this.#logFile)
  }

  #write(spans: Line): void {
    const { io } = this.#options
    this.#endLine()
    io.stderr.write(drawLines([spans], wantsColor(io.stderr, io.env)))
  }

  #endLine(): void {
    if (!this.#isLineOpen) return
    this.#options.io.stderr.write(CLEAR_LINE)
    this.#isLineOpen = false
  }

  #record(level: string, message: string): void {
    if (this.#logFile === null) return
    const time = this.#elapsed(this.#options.clock.nowMs())
    appendFileSync(this.#logFile, `${time} ${level} ${toSafeText(message)}\n`)
  }

  #elapsed(nowMs: number): string {
    const seconds = Math.floor((nowMs - this.#startMs) / 1000)
    return `[${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}]`
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, 'w')
  } catch (cause) {
    throw new DrydockError(`the log file ${path} can't be written: ${errorMessage(cause)}`, {
      code: 'LOG_FILE',
      kind: 'environment',
      hints: ['Give --log-file a path in a folder that exists.'],
      details: { path },
      cause,
    })
  }
}
