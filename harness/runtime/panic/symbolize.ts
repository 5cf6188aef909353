import type { RuntimeBlob } from '../blob/runtimeBlob.ts'
import type { StackFrame } from '../executor.ts'
import type { WasmFrame } from './captureWasmStack.ts'
import { demangle } from './demangle.ts'

/** How Rust gets from the faulty line to the trap; never the cause. */
const PANIC_MACHINERY: readonly RegExp[] = [
  /^(__rustc::)?(rust_begin_unwind|rust_panic|rust_oom)$/,
  /^(__rustc::)?__(rust|rg)_/,
  /^(core|std)::panicking::/,
  /^core::(option|result)::(unwrap_failed|expect_failed|expect_none_failed)$/,
  /^core::(slice|str|array|char|num|cell)::.*(fail|panic)/,
  /^core::intrinsics::abort$/,
  /^(core|std)::ops::function::FnOnce::call_once\{\{vtable/,
  /^alloc::alloc::(handle_alloc_error|rust_oom|oom)/,
  /^alloc::(raw_vec::|collections::TryReserveError)?.*(capacity_overflow|handle_error)$/,
  /^alloc::vec::Vec<.*>::\w+::assert_failed$/,
  /^alloc::vec::\w+::assert_failed$/,
  /^sp_io::(panic|oom|alloc_error)$/,
  /^sp_io::panic_handler::/,
  /^sp_io::logging::/,
  /^ext_\w+_version_\d+$/,
]

/**
 * The stack as the runtime's authors know it: names of `blob`, demangled, innermost first. Panic machinery is dropped from
 * the top unless nothing else would be left; so are frames of other modules (host functions written in wasm). Functions
 * without a name take that of their export.
 */
export function symbolize(frames: readonly WasmFrame[], blob: RuntimeBlob): readonly StackFrame[] {
  const runtime = frames.at(-1)?.module
  const own = frames
    .filter((frame) => frame.module === runtime)
    .map(({ functionIndex, offset }) => ({ functionIndex, offset, symbol: symbolOf(functionIndex, blob) }))
  const cause = own.findIndex(
    (frame) => frame.functionIndex >= blob.importedFunctionCount && !isMachinery(frame),
  )
  return own.slice(cause === -1 ? 0 : cause)
}

function symbolOf(index: number, blob: RuntimeBlob): string | null {
  const name = blob.functionName(index)
  if (name !== null && name !== '') return demangle(name)
  return blob.exports.find((one) => one.kind === 'function' && one.index === index)?.name ?? null
}

function isMachinery(frame: StackFrame): boolean {
  const { symbol } = frame
  return symbol !== null && PANIC_MACHINERY.some((pattern) => pattern.test(symbol))
}
