import { DrydockError, errorMessage } from '../../base/errors.ts'
import { OverlayFullError } from '../../state/overlay.ts'
import type { RuntimeBlob } from '../blob/index.ts'
import type { CallCost, DeniedHostCall, Outcome, RuntimeLog, StackFrame, WriteMark } from '../executor.ts'
import type { HostContext } from '../host/hostContext.ts'
import { HostError } from '../host/hostError.ts'
import { captureWasmStack } from '../panic/captureWasmStack.ts'
import { parsePanicMessage } from '../panic/parsePanicMessage.ts'
import { symbolize } from '../panic/symbolize.ts'
import { UnrunnableModuleError } from './unrunnableModuleError.ts'

interface OutcomeParts {
  readonly entryPoint: string
  readonly logs: RuntimeLog[]
  readonly denied: DeniedHostCall[]
  readonly cost: CallCost
  readonly marks?: readonly WriteMark[]
}

const MEMORY_EXHAUSTED = /allocation|memory|maximum size exceeded|Invalid (string|array|typed array) length/
const OUT_OF_MEMORY = /^Runtime memory exhausted/

/**
 * What unwound a runtime, as an outcome. Throws what is caused neither by the runtime nor by a limit: a broken environment, such as
 * state that could not be fetched, and our bugs.
 */
export function failureOutcome(
  base: OutcomeParts,
  thrown: unknown,
  { blob, host }: { blob: RuntimeBlob; host: HostContext },
): Outcome {
  if (thrown instanceof UnrunnableModuleError) return { ...base, kind: 'invalid', message: thrown.message }
  if (thrown instanceof DrydockError && thrown.kind === 'environment') throw thrown
  const stack = symbolize(captureWasmStack(thrown), blob)
  const message = errorMessage(thrown)
  if (thrown instanceof HostError) return hostFailure(base, thrown, stack)
  if (thrown instanceof RangeError && /call stack/.test(message)) {
    return { ...base, kind: 'limit', limit: 'stack', message: 'the call stack is exhausted', stack }
  }
  if (isOutOfMemory(thrown)) {
    return { ...base, kind: 'limit', limit: 'memory', message, stack }
  }
  if (thrown instanceof WebAssembly.RuntimeError) return trapped(base, message, { stack, host })
  throw new DrydockError(`a host function failed: ${message}`, {
    code: 'HOST_FUNCTION_BUG',
    kind: 'bug',
    cause: thrown,
  })
}

/** What V8 and Node say when something can't be made as large as a runtime wants it. */
function isOutOfMemory(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (thrown instanceof OverlayFullError) return true
  if ('code' in thrown && thrown.code === 'ERR_STRING_TOO_LONG') return true
  return thrown instanceof RangeError && MEMORY_EXHAUSTED.test(thrown.message)
}

function hostFailure(base: OutcomeParts, error: HostError, stack: readonly StackFrame[]): Outcome {
  switch (error.kind) {
    case 'missing':
      return { ...base, kind: 'missingHostFunction', name: error.message, stack }
    case 'memory':
      return { ...base, kind: 'limit', limit: 'memory', message: error.message, stack }
    case 'abort':
    case 'trap':
      return { ...base, kind: 'panic', ...parsePanicMessage(error.message), stack }
  }
}

/**
 * Rust's panic handler logs the message at error level to target `runtime` and then runs into `unreachable`; other traps
 * have only V8's text.
 */
function trapped(
  base: OutcomeParts,
  trap: string,
  { stack, host }: { stack: readonly StackFrame[]; host: HostContext },
): Outcome {
  const last = trap === 'unreachable' ? lastPanicLog(host.logs) : undefined
  if (last === undefined)
    return { ...base, kind: 'panic', message: `wasm trap: ${trap}`, location: null, stack }
  if (OUT_OF_MEMORY.test(last)) return { ...base, kind: 'limit', limit: 'memory', message: last, stack }
  return { ...base, kind: 'panic', ...parsePanicMessage(last), stack }
}

function lastPanicLog(logs: readonly RuntimeLog[]): string | undefined {
  return logs.findLast((log) => log.level === 1 && log.target === 'runtime')?.message
}
