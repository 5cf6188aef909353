import type { RuntimeBlob } from '../blob/index.ts'
import type { WasmReader } from '../blob/wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from '../blob/wasmSections.ts'

const I32 = 0x7f
const I64 = 0x7e
const PARAMS = [I32, I32]
const RESULTS = [I64]

/**
 * The exports that can be called as Substrate calls a runtime: functions from a pointer and a length (two i32) to a
 * pointer-size (i64). The blob has been parsed, so its sections are sound.
 */
export function entryPoints(blob: RuntimeBlob): ReadonlySet<string> {
  const sections = readWasmSections(blob.wasm)
  const reader = (id: number) => {
    const section = sections.find((one) => one.id === id)
    return section === undefined ? null : sectionReader(blob.wasm, section)
  }
  const isEntry = entryTypes(reader(SECTION_ID.type))
  const functions = functionTypes(reader(SECTION_ID.function))
  const imported = blob.imports.filter((one) => one.kind === 'function')
  const isEntryFunction = (index: number): boolean => {
    const type = functions[index - imported.length]
    if (type !== undefined) return isEntry[type] === true
    const { params, results } = imported[index] ?? {}
    return params?.join() === 'i32,i32' && results?.join() === 'i64'
  }
  const exported = blob.exports.filter((one) => one.kind === 'function' && isEntryFunction(one.index))
  return new Set(exported.map((one) => one.name))
}

/** For each type, whether it is that of an entry point. */
function entryTypes(reader: WasmReader | null): readonly boolean[] {
  const count = reader?.count('types', 3) ?? 0
  return Array.from({ length: count }, () => {
    reader?.byte('a type')
    return [hasTypes(reader, PARAMS), hasTypes(reader, RESULTS)].every(Boolean)
  })
}

function hasTypes(reader: WasmReader | null, wanted: readonly number[]): boolean {
  const types = reader?.view('value types') ?? []
  return types.length === wanted.length && wanted.every((type, i) => types[i] === type)
}

/** The type of each function that the module defines. */
function functionTypes(reader: WasmReader | null): readonly number[] {
  const count = reader?.count('functions', 1) ?? 0
  return Array.from({ length: count }, () => reader?.u32('the type of a function') ?? 0)
}
