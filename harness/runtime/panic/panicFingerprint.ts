import { createHash } from 'node:crypto'
import type { PanicLocation, StackFrame } from '../executor.ts'

/** What a panic, or another outcome with a stack, is recognized by. */
export interface PanicLike {
  readonly kind?: string
  readonly message: string
  readonly location?: PanicLocation | null
  readonly stack: readonly StackFrame[]
}

const FRAMES = 5
/** Of a path, so that the folder that a runtime was built in does not count. */
const PATH_PARTS = 3

/**
 * Sixteen hex digits that are equal for the same fault: from its place and the five innermost symbols, not from values in
 * the message, addresses or indices, so that it holds across inputs and rebuilds. Without a place and names, from the
 * message with its numbers left out.
 */
export function panicFingerprint(panic: PanicLike): string {
  const location = panic.location ?? null
  const place = location === null ? '' : `${shortPath(location.file)}:${location.line}:${location.column}`
  const symbols = panic.stack.slice(0, FRAMES).map((frame) => frame.symbol ?? '?')
  const isNamed = symbols.some((symbol) => symbol !== '?')
  const text = place === '' || !isNamed ? panic.message.replaceAll(/0x[0-9a-f]+|\d+/gi, '#') : ''
  const parts = [panic.kind ?? 'panic', place, text, ...symbols]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

function shortPath(file: string): string {
  return file.split(/[\\/]/).slice(-PATH_PARTS).join('/')
}
