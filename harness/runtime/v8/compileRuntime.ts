import { setFlagsFromString } from 'node:v8'

/** Roughly the bytes of code that a function runs before V8 optimizes it. */
const BUDGET = 100_000

/** V8's own budget by its major version. It can be set and not be read, so what is not listed here is left alone. */
const DEFAULT_BUDGETS: Readonly<Record<string, number>> = { 11: 1_800_000 }

/** V8's own budget of calls before it optimizes a function; null for a version whose budget is not known. */
export function defaultTieringBudget(v8Version: string): number | null {
  return DEFAULT_BUDGETS[v8Version.split('.')[0] ?? ''] ?? null
}

/**
 * Compiles a runtime so that V8 optimizes its functions early. Throws what `WebAssembly.Module` throws.
 *
 * PERF: the calls of a block are few and long, so with V8's own budget blocks go on getting faster for the first 30 of a
 * kind. With this one a heavy block takes 5 to 10 % less in the median of the first 45, and no more in the first four; it
 * costs 0.05 to 0.1 s of another thread's time. The budget is a flag of the whole process, so it stands only while this
 * module is made, which keeps it; other WebAssembly in the process is compiled as ever.
 */
export function compileRuntime(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const budget = defaultTieringBudget(process.versions.v8)
  if (budget === null) return new WebAssembly.Module(wasm)
  setFlagsFromString(`--wasm-tiering-budget=${BUDGET}`)
  try {
    return new WebAssembly.Module(wasm)
  } finally {
    setFlagsFromString(`--wasm-tiering-budget=${budget}`)
  }
}
