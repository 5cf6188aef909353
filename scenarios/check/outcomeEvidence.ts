import type { Outcome, RuntimeLog, StackFrame } from '../../harness/runtime/executor.ts'
import { panicFingerprint } from '../../harness/runtime/panic/panicFingerprint.ts'
import type { Facts } from '../../reports/model/finding.ts'

const LAST_LOGS = 10
const LEVELS = ['off', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE']

/** The facts of an outcome that ended a block. */
export function outcomeFacts(outcome: Outcome): Facts {
  const base = { outcome: outcome.kind, entryPoint: outcome.entryPoint }
  switch (outcome.kind) {
    case 'panic': {
      const { location } = outcome
      const place = location === null ? null : `${location.file}:${location.line}:${location.column}`
      return { ...base, message: outcome.message, location: place, fingerprint: panicFingerprint(outcome) }
    }
    case 'limit':
      return { ...base, limit: outcome.limit, message: outcome.message, wallMs: round(outcome.cost.wallMs) }
    case 'missingHostFunction':
      return { ...base, hostFunction: outcome.name }
    case 'invalid':
      return { ...base, message: outcome.message }
    case 'ok':
      return base
  }
}

/** What an outcome that ended a block is about, the same from run to run. */
export function outcomeSubject(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'panic':
      return panicFingerprint(outcome)
    case 'limit':
      return `${outcome.entryPoint}: ${outcome.limit} limit`
    case 'missingHostFunction':
      return outcome.name
    default:
      return outcome.entryPoint
  }
}

/** The stack and the last log lines of an outcome, a line each. */
export function outcomeEvidence(outcome: Outcome): readonly string[] {
  const stack = 'stack' in outcome ? outcome.stack.map(frameLine) : []
  const logs = outcome.logs.slice(-LAST_LOGS).map(logLine)
  return [...stack, ...(logs.length === 0 ? [] : ['last logs:', ...logs])]
}

export function logLine(log: RuntimeLog): string {
  return `${LEVELS[log.level] ?? log.level} ${log.target}: ${log.message}`
}

function frameLine(frame: StackFrame, depth: number): string {
  const symbol = frame.symbol ?? `wasm function ${frame.functionIndex}`
  return `${String(depth).padStart(3)}: ${symbol} (+0x${frame.offset.toString(16)})`
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
