import type { Logger } from '../../harness/base/ports.ts'
import { drawLines, type Style } from '../../reports/index.ts'
import { type CliIo, wantsColor } from './io.ts'

/** Progress and warnings as lines on stderr; debug output is left out. */
export function createStreamLogger(io: CliIo): Logger {
  const isColored = wantsColor(io.stderr, io.env)
  return {
    log: (level, message) => {
      if (level === 'debug') return
      const style: Style = level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'dim'
      const prefix = level === 'info' ? '' : `${level}: `
      io.stderr.write(drawLines([[{ text: `${prefix}${message}`, style }]], isColored))
    },
  }
}
