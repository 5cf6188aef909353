/** One WebAssembly function on the stack at the moment of an error. */
export interface WasmFrame {
  /** Index in its module's function index space, imports first. */
  readonly functionIndex: number
  /** Byte offset in its module, as that was compiled. */
  readonly offset: number
  /** V8's name: from the name section or the exports, mangled; null when there is none. */
  readonly name: string | null
  /** V8's URL of the module; equal for frames of the same module. */
  readonly module: string
}

const PLACE = /(wasm:\/\/[^\s()]*|<anonymous>)?:?wasm-function\[(\d+)\]:0x([0-9a-f]+)/g

/** What a runtime's stack may need; V8 keeps 10 frames of an error unless told otherwise. */
export const WASM_STACK_TRACE_LIMIT = 200

/**
 * The WebAssembly frames of an error, innermost first; JavaScript frames between them are left out. Works for traps
 * (`WebAssembly.RuntimeError`), stack overflow (`RangeError`) and what host functions throw through the module. Anything
 * else gives an empty list.
 *
 * How many frames there are is settled when the error is made: run the module inside `withDeepStackTraces`.
 */
export function captureWasmStack(error: unknown): readonly WasmFrame[] {
  if (!(error instanceof Error)) return []
  const sites = callSitesOf(error)
  if (sites === null) return framesOfText(String(error.stack ?? ''))
  return sites.flatMap((site) => {
    const frame = frameOfText(String(site))
    return frame === null ? [] : [{ ...frame, name: site.getFunctionName() }]
  })
}

/** Runs `action` with V8 keeping `WASM_STACK_TRACE_LIMIT` frames of each error, and restores the limit. */
export function withDeepStackTraces<T>(action: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = WASM_STACK_TRACE_LIMIT
  try {
    return action()
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** V8 formats `stack` when it is first read, so a hook set now sees the call sites; null when it was read before. */
function callSitesOf(error: Error): readonly NodeJS.CallSite[] | null {
  const previous = Error.prepareStackTrace
  let sites: readonly NodeJS.CallSite[] | null = null
  // The value becomes `error.stack` for good, so it is the text that V8 would have made.
  Error.prepareStackTrace = (shown, found) => {
    sites = found
    return [String(shown), ...found.map((site) => `    at ${site}`)].join('\n')
  }
  try {
    void error.stack
  } finally {
    if (previous === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Error.prepareStackTrace = previous
  }
  return sites
}

function framesOfText(stack: string): readonly WasmFrame[] {
  return stack.split('\n').flatMap((line) => {
    const frame = frameOfText(line)
    return frame === null ? [] : [{ ...frame, name: nameOfLine(line) }]
  })
}

/** Names come from the module and may look like places: the last match counts. */
function frameOfText(text: string): Omit<WasmFrame, 'name'> | null {
  const match = [...text.matchAll(PLACE)].at(-1)
  if (match === undefined) return null
  return {
    functionIndex: Number(match[2]),
    offset: Number.parseInt(match[3] ?? '', 16),
    module: match[1] ?? '',
  }
}

function nameOfLine(line: string): string | null {
  const name = /^\s*at (.*) \(/.exec(line)?.[1]
  return name === undefined || name === '' ? null : name
}
