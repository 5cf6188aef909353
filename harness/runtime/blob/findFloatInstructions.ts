import type { RuntimeBlob } from './runtimeBlob.ts'
import { type CodeProposal, walkFunctions } from './walkFunctions.ts'
import { MVP_HINT, unsupportedWasm } from './wasmParts.ts'

/** How many floating-point instructions a function has. */
export interface FloatUse {
  readonly functionIndex: number
  readonly instructions: number
}

/** A function that uses one of these is not read to its end. */
const UNCOUNTED: ReadonlyMap<CodeProposal, string> = new Map([
  ['simd', 'SIMD in its code'],
  ['threads', 'threads in its code'],
  ['tail-call', 'tail calls in its code'],
])

/**
 * The functions with floating-point instructions, in index order. Runtimes are to have none: NaN bits may differ between
 * machines, and with them the state.
 *
 * Reads the whole code once. Errors: `BLOB_MALFORMED`, `BLOB_UNSUPPORTED` for SIMD, threads and tail calls.
 */
export function findFloatInstructions(blob: RuntimeBlob): readonly FloatUse[] {
  const found: FloatUse[] = []
  for (const { functionIndex, floats, proposals } of walkFunctions(blob)) {
    for (const proposal of proposals) {
      const feature = UNCOUNTED.get(proposal)
      if (feature !== undefined) throw unsupportedWasm(feature, MVP_HINT)
    }
    if (floats > 0) found.push({ functionIndex, instructions: floats })
  }
  return found
}
