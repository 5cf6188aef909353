import type { Outcome, StackFrame } from '../../harness/runtime/executor.ts'
import { panicFingerprint } from '../../harness/runtime/panic/panicFingerprint.ts'
import type { Stop } from '../engine/fastChain.ts'
import type { Oracle, Suspicion } from './oracle.ts'

const FRAMES = 12

/** A runtime call that does not come back: a panic, a loop or recursion without end, a heap that is full. */
export const panicOracle: Oracle = { id: 'panic', afterStop: stopToSuspicion }

function stopToSuspicion({ phase, outcome }: Stop): Suspicion {
  const message = messageOf(outcome)
  const stack = 'stack' in outcome ? outcome.stack : []
  const location = outcome.kind === 'panic' ? outcome.location : null
  const place = location === null ? '' : ` in ${location.file}:${location.line}`
  return {
    oracle: 'panic',
    key: fingerprint(outcome, { message, stack }),
    severity: 'error',
    title: `${phase} does not come back: ${message}${place}`,
    facts: {
      phase,
      kind: outcome.kind === 'limit' ? `${outcome.kind}: ${outcome.limit}` : outcome.kind,
      message,
      place: location === null ? null : `${location.file}:${location.line}:${location.column}`,
    },
    evidence: stack.slice(0, FRAMES).map((frame) => frame.symbol ?? `function ${frame.functionIndex}`),
  }
}

/** Where a loop or a recursion is when its limit is met differs from input to input; its outermost frames do not. */
function fingerprint(
  outcome: Outcome,
  { message, stack }: { message: string; stack: readonly StackFrame[] },
): string {
  if (outcome.kind === 'limit')
    return panicFingerprint({ kind: `limit:${outcome.limit}`, message, stack: stack.slice(-6) })
  const location = outcome.kind === 'panic' ? outcome.location : null
  return panicFingerprint({ kind: outcome.kind, message, location, stack })
}

function messageOf(outcome: Outcome): string {
  if (outcome.kind === 'missingHostFunction') return `the host function ${outcome.name} is missing`
  return 'message' in outcome ? outcome.message : outcome.kind
}
