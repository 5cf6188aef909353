import { CodeWriter } from './codeWriter.ts'
import type { RuntimeBlob } from './runtimeBlob.ts'
import { skipImmediates } from './skipImmediates.ts'
import { WasmReader } from './wasmReader.ts'
import { readWasmSections, SECTION_ID, sectionReader } from './wasmSections.ts'

const OPCODE = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  drop: 0x1a,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64Add: 0x7c,
} as const

/** What generates no code, or only chooses where to go on: as wasmtime counts fuel. */
const FREE: ReadonlySet<number> = new Set([
  OPCODE.unreachable,
  OPCODE.nop,
  OPCODE.block,
  OPCODE.loop,
  OPCODE.else,
  OPCODE.end,
  OPCODE.return,
  OPCODE.drop,
])
/** After these a run of instructions ends, and another may begin. */
const SPLITS: ReadonlySet<number> = new Set([OPCODE.loop, OPCODE.if, OPCODE.else, OPCODE.end, OPCODE.brIf])
/** What follows these is reached only past the next `else` or `end`. */
const LEAVES: ReadonlySet<number> = new Set([OPCODE.unreachable, OPCODE.br, OPCODE.brTable, OPCODE.return])

/** The longest addition to a run: two instructions with an index, a constant, an addition. */
const MAX_ADDED_BYTES = 6 + 11 + 1 + 6

/**
 * The content of the code section, changed so that the mutable i64 global `globalIndex` counts the instructions that are
 * executed. Each run of instructions without a branch in or out adds its length when it begins; a trap in the middle of a run has
 * counted all of it. Which instructions count is wasmtime's rule for fuel: all but `block`, `loop`, `else`, `end`, `return`,
 * `unreachable`, `nop` and `drop`. Host functions count as the one call that they are.
 *
 * The count depends on the code and on what it is given, and not on the machine. Code gets a sixth longer.
 *
 * Null when the module has no code. Errors: as `skipImmediates`.
 *
 * @see https://github.com/bytecodealliance/wasmtime/blob/v20.0.0/crates/cranelift/src/func_environ.rs `fuel_before_op`
 */
export function countingCode(blob: RuntimeBlob, globalIndex: number): Uint8Array | null {
  const section = readWasmSections(blob.wasm).find((one) => one.id === SECTION_ID.code)
  if (section === undefined) return null
  const reader = sectionReader(blob.wasm, section)
  const count = reader.count('function bodies', 2)
  const out = new CodeWriter(section.end - section.contentStart)
  out.u32(count)
  for (let i = 0; i < count; i++) {
    const size = reader.u32('the size of a function')
    const start = reader.offset
    reader.skip(size, 'a function')
    const body = new WasmReader(blob.wasm, start, { end: start + size, section: section.name })
    writeFunction(out, body, globalIndex)
  }
  return out.bytes()
}

function writeFunction(out: CodeWriter, body: WasmReader, globalIndex: number): void {
  const start = body.offset
  const runs = runsOf(body)
  const added = runs.map(({ instructions }) => addition(globalIndex, instructions))
  out.u32(body.end - start + added.reduce((sum, bytes) => sum + bytes.length, 0))
  let copied = start
  runs.forEach((run, i) => {
    out.copy(body.bytes, copied, run.offset)
    out.copy(added[i] ?? new Uint8Array(0))
    copied = run.offset
  })
  out.copy(body.bytes, copied, body.end)
}

/** Instructions that are executed one after the other, all or none unless one traps. */
export interface InstructionRun {
  readonly offset: number
  readonly instructions: number
}

/** The runs of a function, `offset` where each begins; `body` stands before the groups of locals and ends at its end. */
export function runsOf(body: WasmReader): readonly InstructionRun[] {
  const groups = body.count('groups of locals', 2)
  for (let i = 0; i < groups; i++) {
    body.u32('a number of locals')
    body.byte('the type of locals')
  }
  const runs: InstructionRun[] = []
  let offset = body.offset
  let instructions = 0
  let isReached = true
  const finish = () => {
    if (instructions > 0) runs.push({ offset, instructions })
    offset = body.offset
    instructions = 0
  }
  while (!body.isAtEnd) {
    const opcode = body.byte('an instruction')
    skipImmediates(body, opcode)
    if (isReached && !FREE.has(opcode)) instructions++
    if (LEAVES.has(opcode)) {
      finish()
      isReached = false
    } else if (SPLITS.has(opcode)) {
      finish()
      if (opcode === OPCODE.else || opcode === OPCODE.end) isReached = true
    }
  }
  return runs
}

/** Code that adds to the i64 global `globalIndex`. */
export function addition(globalIndex: number, instructions: number): Uint8Array {
  const writer = new CodeWriter(MAX_ADDED_BYTES)
  writer.byte(OPCODE.globalGet)
  writer.u32(globalIndex)
  writer.byte(OPCODE.i64Const)
  writer.signed(instructions)
  writer.byte(OPCODE.i64Add)
  writer.byte(OPCODE.globalSet)
  writer.u32(globalIndex)
  return writer.bytes()
}
