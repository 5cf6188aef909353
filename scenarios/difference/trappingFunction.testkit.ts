import { parseRuntimeBlob, type RuntimeBlob } from '../../harness/runtime/blob/index.ts'

const CODE_SECTION = 10
const HEADER_BYTES = 8
const UNREACHABLE = 0x00
const NOP = 0x01
/** Instructions of two bytes that functions begin with: local.get, global.get, i32.const, with an operand below 64. */
const TWO_BYTES = new Set([0x20, 0x23, 0x41])

/** The runtime with an export that traps at once. */
export function withTrappingExport(blob: RuntimeBlob, name: string): RuntimeBlob {
  const found = blob.exports.find((one) => one.kind === 'function' && one.name === name)
  if (found === undefined) throw new Error(`no export ${name}`)
  return withTrappingFunction(blob, found.index)
}

/** The runtime with the function of that symbol trapping at once; the first one whose name includes `part`. */
export function withTrappingSymbol(blob: RuntimeBlob, part: string): RuntimeBlob {
  for (
    let index = blob.importedFunctionCount;
    index < blob.importedFunctionCount + blob.functionCount;
    index++
  ) {
    if (blob.functionName(index)?.includes(part) === true) return withTrappingFunction(blob, index)
  }
  throw new Error(`no function ${part}`)
}

function withTrappingFunction(blob: RuntimeBlob, index: number): RuntimeBlob {
  const wasm = blob.wasm.slice()
  const at = firstInstruction(wasm, index - blob.importedFunctionCount)
  if (!TWO_BYTES.has(wasm[at] ?? 0))
    throw new Error(`function ${index} begins with 0x${wasm[at]?.toString(16)}`)
  // A long operand is left over as bytes that decode to something else: take what has a short one.
  if ((wasm[at + 1] ?? 0) >= 0x80) throw new Error(`function ${index} begins with a long operand`)
  wasm.set([UNREACHABLE, NOP], at)
  return parseRuntimeBlob(wasm)
}

function firstInstruction(wasm: Uint8Array, position: number): number {
  let at = HEADER_BYTES
  for (;;) {
    const id = wasm[at]
    const [size, start] = leb(wasm, at + 1)
    if (id === CODE_SECTION) return bodyStart(wasm, start, position)
    at = start + size
    if (at >= wasm.length) throw new Error('no code')
  }
}

function bodyStart(wasm: Uint8Array, section: number, position: number): number {
  let [, at] = leb(wasm, section)
  for (let i = 0; i < position; i++) {
    const [size, start] = leb(wasm, at)
    at = start + size
  }
  const [, body] = leb(wasm, at)
  let [groups, next] = leb(wasm, body)
  for (; groups > 0; groups--) {
    const [, type] = leb(wasm, next)
    next = type + 1
  }
  return next
}

function leb(bytes: Uint8Array, start: number): [value: number, end: number] {
  let value = 0
  for (let at = start, shift = 0; ; at++, shift += 7) {
    const byte = bytes[at] ?? 0
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return [value >>> 0, at + 1]
  }
}
