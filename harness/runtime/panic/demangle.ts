import { demangleLegacy, demangleLinked } from './demangleLegacy.ts'
import { demangleV0 } from './demangleV0.ts'

/**
 * A Rust symbol as a person would write it, without hashes: `frame_system::Pallet<T>::note_finished`. Reads the legacy
 * (`_ZN…E`) and the v0 (`_R…`) mangling, and what old
 * linkers made of the former; anything else comes back as it is. Symbols come from the module: cost is bounded.
 */
export function demangle(symbol: string): string {
  return demangleLegacy(symbol) ?? demangleV0(symbol) ?? demangleLinked(symbol) ?? symbol
}
