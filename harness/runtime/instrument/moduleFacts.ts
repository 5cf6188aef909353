import type { WasmReader } from '../blob/wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from '../blob/wasmSections.ts'

/** What rewriting code has to know of the rest of a module. */
export interface ModuleFacts {
  /** By type index. */
  readonly types: readonly { readonly params: number; readonly results: number }[]
  /** Type index of each function with a body, in order. */
  readonly functionTypes: readonly number[]
  readonly importedFunctions: number
  /** Imported and own. */
  readonly globals: number
  readonly ownGlobals: number
  readonly exports: number
}

const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const

/** Errors: `BLOB_MALFORMED` for what is no module. */
export function readModuleFacts(wasm: Uint8Array): ModuleFacts {
  const sections = readWasmSections(wasm)
  const read = <T>(id: number, empty: T, use: (reader: WasmReader) => T): T => {
    const section = sections.find((one) => one.id === id)
    return section === undefined ? empty : use(sectionReader(wasm, section))
  }
  const imported = read(SECTION_ID.import, { functions: 0, globals: 0 }, countImports)
  const ownGlobals = read(SECTION_ID.global, 0, (reader) => reader.u32('the number of globals'))
  return {
    types: read(SECTION_ID.type, [], readTypes),
    functionTypes: read<readonly number[]>(SECTION_ID.function, [], (reader) => {
      const count = reader.count('functions', 1)
      return Array.from({ length: count }, () => reader.u32('the type of a function'))
    }),
    importedFunctions: imported.functions,
    globals: imported.globals + ownGlobals,
    ownGlobals,
    exports: read(SECTION_ID.export, 0, (reader) => reader.u32('the number of exports')),
  }
}

function readTypes(reader: WasmReader): ModuleFacts['types'] {
  const count = reader.count('types', 3)
  return Array.from({ length: count }, () => {
    reader.byte('a type')
    const params = reader.view('parameters').length
    return { params, results: reader.view('results').length }
  })
}

function countImports(reader: WasmReader): { functions: number; globals: number } {
  const found = { functions: 0, globals: 0 }
  for (let left = reader.count('imports', 4); left > 0; left--) {
    reader.view('a module')
    reader.view('a name')
    const kind = reader.byte('a kind')
    if (kind === KIND.function) {
      reader.u32('a type')
      found.functions++
    } else if (kind === KIND.global) {
      reader.skip(2, 'a global type')
      found.globals++
    } else {
      if (kind === KIND.table) reader.byte('a table type')
      const hasMaximum = (reader.byte('limits') & 1) === 1
      reader.u32('a minimum')
      if (hasMaximum) reader.u32('a maximum')
    }
  }
  return found
}
