import type { CodeWriter } from './codeWriter.ts'
import { readIndex } from './readIndex.ts'
import type { ConsensusModule, FunctionBody, Instruction } from './readModule.ts'

/** Indices of the globals that the meter adds. */
export interface MeterGlobals {
  readonly fuel: number
  readonly limit: number
  /** The first of those that hold one bit for each edge. */
  readonly firstEdges: number
}

const OP = {
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
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64GtU: 0x56,
  i64Add: 0x7c,
  i64Or: 0x84,
  i64ShrU: 0x88,
  i64ExtendI32U: 0xad,
  misc: 0xfc,
} as const
const EMPTY = 0x40
const I32 = 0x7f
/** The second opcodes of `memory.copy` and `memory.fill`. */
const BULK: ReadonlySet<number> = new Set([10, 11])
/** Bytes that `memory.copy` and `memory.fill` move for one instruction's fuel, as a power of two. */
const BULK_SHIFT = 3n

const FREE: ReadonlySet<number> = new Set([
  OP.unreachable,
  OP.nop,
  OP.block,
  OP.loop,
  OP.else,
  OP.end,
  OP.return,
  OP.drop,
])
const SPLITS: ReadonlySet<number> = new Set([OP.loop, OP.if, OP.else, OP.end, OP.brIf])
const LEAVES: ReadonlySet<number> = new Set([OP.unreachable, OP.br, OP.brTable, OP.return])

interface Label {
  /** Values that a branch to it takes along. */
  readonly arity: number
  /** Its end is reached by a `br_table`. */
  isTableTarget: boolean
  /** An `if` of empty type, whose `else` has not come. */
  lacksElse: boolean
}

/** Writes function bodies that count instructions and keep which edges were taken. */
export class BodyMeter {
  readonly #module: ConsensusModule
  readonly #globals: MeterGlobals
  #edges = 0

  constructor(module: ConsensusModule, globals: MeterGlobals) {
    this.#module = module
    this.#globals = globals
  }

  get edgeCount(): number {
    return this.#edges
  }

  write(out: CodeWriter, body: FunctionBody): void {
    const { wasm } = this.#module
    const scratchLocal = this.#writeLocals(out, body)
    const runs = runsOf(body.instructions)
    const labels: Label[] = [{ arity: this.#resultCount(body.index), isTableTarget: false, lacksElse: false }]
    this.#probe(out)
    this.#check(out)
    for (const [i, instruction] of body.instructions.entries()) {
      const run = runs.get(i)
      if (run !== undefined) this.#add(out, run)
      if (instruction.opcode === OP.misc && BULK.has(instruction.misc)) this.#addBulk(out, scratchLocal)
      if (instruction.opcode === OP.end) {
        this.#writeEnd(out, labels)
      } else if (instruction.opcode === OP.brIf) {
        this.#writeBranch(out, instruction, labels)
      } else {
        out.copy(wasm, instruction.offset, instruction.end)
        this.#after(out, instruction, labels)
      }
    }
  }

  /** The locals as they were, and one i32 more; returns that one's index. */
  #writeLocals(out: CodeWriter, body: FunctionBody): number {
    const { types, functionTypes } = this.#module
    let count = types[functionTypes[body.index] ?? -1]?.params.length ?? 0
    out.u32(body.localGroups.length + 1)
    for (const group of body.localGroups) {
      out.u32(group.count)
      out.byte(group.type)
      count += group.count
    }
    out.u32(1)
    out.byte(I32)
    return count
  }

  #resultCount(index: number): number {
    return this.#module.types[this.#module.functionTypes[index] ?? -1]?.results.length ?? 0
  }

  #after(out: CodeWriter, instruction: Instruction, labels: Label[]): void {
    const { opcode, offset } = instruction
    if (opcode === OP.block || opcode === OP.loop || opcode === OP.if) {
      labels.push(this.#label(opcode, offset + 1))
    }
    if (opcode === OP.loop) this.#check(out)
    if (opcode === OP.if) this.#probe(out)
    if (opcode === OP.else) {
      const label = labels.at(-1)
      if (label !== undefined) label.lacksElse = false
      this.#probe(out)
    }
    if (opcode === OP.brTable) this.#markTargets(offset + 1, labels)
  }

  #label(opcode: number, at: number): Label {
    const type = this.#module.wasm[at] ?? EMPTY
    const isEmpty = type === EMPTY
    let arity = isEmpty ? 0 : 1
    if (type < EMPTY || type >= 0x80) {
      const of = this.#module.types[readIndex(this.#module.wasm, at)]
      arity = (opcode === OP.loop ? of?.params.length : of?.results.length) ?? 0
    } else if (opcode === OP.loop) arity = 0
    return { arity, isTableTarget: false, lacksElse: opcode === OP.if && isEmpty }
  }

  #markTargets(at: number, labels: readonly Label[]): void {
    const { wasm } = this.#module
    let offset = at
    const next = () => {
      const value = readIndex(wasm, offset)
      while ((wasm[offset] ?? 0) >= 0x80) offset++
      offset++
      return value
    }
    const count = next()
    for (let i = 0; i <= count; i++) {
      const label = labels[labels.length - 1 - next()]
      if (label !== undefined) label.isTableTarget = true
    }
  }

  #writeEnd(out: CodeWriter, labels: Label[]): void {
    const label = labels.pop()
    if (label?.lacksElse === true) {
      out.byte(OP.else)
      this.#probe(out)
    }
    out.byte(OP.end)
    if (label?.isTableTarget === true && labels.length > 0) this.#probe(out)
  }

  /** `br_if`, with an edge for each outcome; a branch that takes values along has the other one only. */
  #writeBranch(out: CodeWriter, { offset, end }: Instruction, labels: readonly Label[]): void {
    const depth = readIndex(this.#module.wasm, offset + 1)
    if (labels[labels.length - 1 - depth]?.arity === 0) {
      out.byte(OP.if, EMPTY)
      this.#probe(out)
      out.byte(OP.br)
      out.u32(depth + 1)
      out.byte(OP.end)
    } else out.copy(this.#module.wasm, offset, end)
    this.#probe(out)
  }

  #probe(out: CodeWriter): void {
    const edge = this.#edges++
    const global = this.#globals.firstEdges + (edge >> 6)
    out.byte(OP.globalGet)
    out.u32(global)
    out.byte(OP.i64Const)
    out.signed(1n << BigInt(edge & 63))
    out.byte(OP.i64Or, OP.globalSet)
    out.u32(global)
  }

  #check(out: CodeWriter): void {
    out.byte(OP.globalGet)
    out.u32(this.#globals.fuel)
    out.byte(OP.globalGet)
    out.u32(this.#globals.limit)
    out.byte(OP.i64GtU, OP.if, EMPTY, OP.unreachable, OP.end)
  }

  #add(out: CodeWriter, instructions: number): void {
    out.byte(OP.globalGet)
    out.u32(this.#globals.fuel)
    out.byte(OP.i64Const)
    out.signed(BigInt(instructions))
    out.byte(OP.i64Add, OP.globalSet)
    out.u32(this.#globals.fuel)
  }

  /** What is moved is on the stack, as a number of bytes. */
  #addBulk(out: CodeWriter, local: number): void {
    out.byte(OP.localTee)
    out.u32(local)
    out.byte(OP.localGet)
    out.u32(local)
    out.byte(OP.i64ExtendI32U, OP.i64Const)
    out.signed(BULK_SHIFT)
    out.byte(OP.i64ShrU, OP.globalGet)
    out.u32(this.#globals.fuel)
    out.byte(OP.i64Add, OP.globalSet)
    out.u32(this.#globals.fuel)
  }
}

/** Counted instructions by the place of the first; they run one after the other, all or none unless one traps. */
function runsOf(instructions: readonly Instruction[]): ReadonlyMap<number, number> {
  const runs = new Map<number, number>()
  let first = 0
  let counted = 0
  let isReached = true
  for (const [i, { opcode }] of instructions.entries()) {
    if (isReached && !FREE.has(opcode)) counted++
    if (!LEAVES.has(opcode) && !SPLITS.has(opcode)) continue
    if (counted > 0) runs.set(first, counted)
    first = i + 1
    counted = 0
    if (LEAVES.has(opcode)) isReached = false
    else if (opcode === OP.else || opcode === OP.end) isReached = true
  }
  return runs
}
