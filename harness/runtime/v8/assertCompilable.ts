import type { RuntimeBlob } from '../blob/index.ts'
import { readWasmSections, SECTION_ID, sectionReader } from '../blob/wasmSections.ts'

/** 50 times the most of any runtime known to us (135 locals in 74 KB); V8 takes 1 to 2 s for it. */
const MAX_LOCALS_TIMES_BYTES = 500_000_000

/** Thrown for a module that V8 would be busy with for too long. */
export class SlowToCompileError extends Error {}

/**
 * Refuses a function with so many locals and so much code that V8's first compiler, whose time grows with the product of
 * both, would run for seconds or minutes. A compilation can't be stopped, not by the end of its thread either.
 *
 * PERF: reads the heads of functions only, 0.3 ms for 4,000.
 */
export function assertCompilable(blob: RuntimeBlob): void {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return
  const reader = sectionReader(blob.wasm, section)
  const count = reader.count('function bodies', 2)
  for (let i = 0; i < count; i++) {
    const size = reader.u32('the size of a function')
    const start = reader.offset
    let locals = 0
    for (let groups = reader.count('groups of locals', 2); groups > 0; groups--) {
      locals += reader.u32('a number of locals')
      reader.byte('the type of locals')
    }
    if (locals * size > MAX_LOCALS_TIMES_BYTES) {
      const index = blob.importedFunctionCount + i
      throw new SlowToCompileError(
        `function ${index} would take too long to compile: ${locals} locals times ${size} bytes, limit ${MAX_LOCALS_TIMES_BYTES}`,
      )
    }
    reader.offset = start
    reader.skip(size, 'a function')
  }
}
