import { type FunctionFacts, type RuntimeBlob, reachableFunctions } from '../../harness/runtime/blob/index.ts'
import { demangle } from '../../harness/runtime/panic/demangle.ts'

/** A function that computes with floats and is not there in the runtime on chain. */
export interface NewFloatUse {
  readonly functionIndex: number
  /** Demangled; null without a name section. */
  readonly symbol: string | null
  readonly instructions: number
  /** Direct calls lead to it from an entry point, and none of them is a formatter's. */
  readonly isReachable: boolean
}

/**
 * Crates that print and parse values, and are linked into healthy runtimes: JSON genesis configurations, `Debug` of weights, tracing
 * of values. `<f64 as core::fmt::Debug>` belongs to them, whatever it is implemented for.
 */
const TEXT_OF_FLOATS =
  /(?:^|[<\s(&])(?:core|alloc|serde|serde_\w+|ryu|itoa|zmij|compiler_builtins|tracing|tracing_core|log|sp_tracing|scale_info)::/
/** Called by tools and tests, and by nothing that makes or checks a block. */
const OFF_CHAIN = /^(?:GenesisBuilder|TryRuntime|Benchmark|Metadata)_/

/**
 * Functions of the candidate with floating-point instructions that the runtime on chain does not have as well. One counts as the
 * same when it has the same symbol; without names, when a function on chain has as many of them.
 */
export function newFloatUses(
  candidate: { readonly blob: RuntimeBlob; readonly functions: readonly FunctionFacts[] },
  onChain: { readonly blob: RuntimeBlob; readonly functions: readonly FunctionFacts[] },
): readonly NewFloatUse[] {
  const isText = (index: number) => TEXT_OF_FLOATS.test(symbolOf(candidate.blob, index) ?? '')
  const known = new KnownUses(onChain.blob, onChain.functions)
  const suspect = candidate.functions.filter(
    ({ functionIndex, floats }) =>
      floats > 0 && !isText(functionIndex) && !known.has(symbolOf(candidate.blob, functionIndex), floats),
  )
  if (suspect.length === 0) return []
  const reached = reachableFunctions(candidate.blob, candidate.functions, {
    isEntryPoint: (name) => !OFF_CHAIN.test(name),
    isWall: isText,
  })
  return suspect.map(({ functionIndex, floats }) => ({
    functionIndex,
    symbol: symbolOf(candidate.blob, functionIndex),
    instructions: floats,
    isReachable: reached.has(functionIndex),
  }))
}

/** The functions with floats of the runtime on chain. */
class KnownUses {
  readonly #symbols = new Set<string>()
  readonly #unnamed = new Map<number, number>()

  constructor(blob: RuntimeBlob, functions: readonly FunctionFacts[]) {
    for (const { functionIndex, floats } of functions) {
      if (floats === 0) continue
      const symbol = symbolOf(blob, functionIndex)
      if (symbol !== null) this.#symbols.add(symbol)
      else this.#unnamed.set(floats, (this.#unnamed.get(floats) ?? 0) + 1)
    }
  }

  /** Each function without a name answers for one of the candidate's. */
  has(symbol: string | null, floats: number): boolean {
    if (symbol !== null && this.#symbols.has(symbol)) return true
    const left = this.#unnamed.get(floats) ?? 0
    if (left > 0) this.#unnamed.set(floats, left - 1)
    return left > 0
  }
}

function symbolOf(blob: RuntimeBlob, index: number): string | null {
  const name = blob.functionName(index)
  return name === null ? null : demangle(name)
}
