import { WasmReader } from './wasmReader.ts'

/** Names by function index, as the linker wrote them (mangled). */
export type FunctionNames = ReadonlyMap<number, string>

const FUNCTION_NAMES = 1

/**
 * The function names of a `name` custom section's content. The section is advice, so damage is not an error: what was read
 * before it counts.
 */
export function readFunctionNames(content: Uint8Array): FunctionNames {
  const names = new Map<number, string>()
  try {
    const reader = new WasmReader(content, 0, { end: content.length, section: 'name' })
    while (!reader.isAtEnd) {
      const id = reader.byte('a subsection')
      const body = reader.view('a subsection')
      if (id === FUNCTION_NAMES) readNameMap(body, names)
    }
  } catch {
    // What was read before the damage stays.
  }
  return names
}

function readNameMap(body: Uint8Array, names: Map<number, string>): void {
  const reader = new WasmReader(body, 0, { end: body.length, section: 'name' })
  const count = reader.count('names', 2)
  for (let i = 0; i < count; i++) {
    const index = reader.u32('a function index')
    names.set(index, Buffer.from(reader.view('a function name')).toString('utf8'))
  }
}
