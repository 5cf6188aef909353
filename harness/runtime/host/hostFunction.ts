/**
 * One row of the host function table.
 *
 * `params` and `result` are the wasm signature in the specification's terms, which decide how the function is bound:
 * - `ps`: i64 pointer-size, low 32 bits pointer, high 32 bits length. A parameter reaches `run` as two numbers; a result is
 *   allocated with the runtime's allocator and freed by the runtime.
 * - `ptr`: i32 pointer to a fixed number of bytes, allocated likewise when a result.
 * - `i32`: also bool and small integers. Numbers reach `run` as wasm has them (signed); use `>>> 0` where it matters.
 * - `i64`: a bigint.
 */
import type { HostContext } from './hostContext.ts'

export type HostParam = 'ps' | 'ptr' | 'i32' | 'i64'
export type HostResult = 'void' | 'ps' | 'ptr' | 'i32' | 'i64'

export interface HostFunction {
  /** Name of the import in module `env`, as the specification has it. */
  readonly name: string
  readonly params: readonly HostParam[]
  readonly result: HostResult
  /** `ps` and `ptr` results are returned as bytes, through `host.give…`; see `HostContext`. */
  // biome-ignore lint/suspicious/noExplicitAny: rows differ in arity; the table binds them by `params`, held by a test.
  readonly run: (host: HostContext, ...args: any[]) => unknown
}

/** Reads `'ps i32 -> ps'`. Throws `TypeError` on anything else: rows are written by us. */
export function hostFunction(name: string, signature: string, run: HostFunction['run']): HostFunction {
  const [left, result] = signature.split('->').map((part) => part.trim())
  const params = (left ?? '').split(' ').filter((param) => param !== '')
  if (!params.every(isParam) || result === undefined || !(result === 'void' || isParam(result))) {
    throw new TypeError(`bad host function signature: ${signature}`)
  }
  return { name, params, result, run }
}

function isParam(text: string): text is HostParam {
  return text === 'ps' || text === 'ptr' || text === 'i32' || text === 'i64'
}

/** Wasm value types of a row, as `WebAssembly.Module` imports carry them. */
export function wasmSignature(row: HostFunction): { params: string[]; results: string[] } {
  const wasmType = (type: string) => (type === 'ps' || type === 'i64' ? 'i64' : 'i32')
  return { params: row.params.map(wasmType), results: row.result === 'void' ? [] : [wasmType(row.result)] }
}
