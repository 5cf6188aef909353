import { CodeWriter } from '../blob/codeWriter.ts'
import { addition, type InstructionRun, runsOf } from '../blob/countInstructions.ts'
import { skipImmediates } from '../blob/skipImmediates.ts'
import { WasmReader } from '../blob/wasmReader.ts'

const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  localGet: 0x20,
  localSet: 0x21,
  globalGet: 0x23,
  i32Store: 0x36,
  i64Store: 0x37,
  i32Store8: 0x3a,
  i32Const: 0x41,
  i64Const: 0x42,
  i64GreaterUnsigned: 0x56,
} as const
const NO_TYPE = 0x40
const I32 = 0x7f
const I64 = 0x7e
/** Comparisons of two operands; `eqz` has one. */
const I32_COMPARISONS = { first: 0x46, last: 0x4f }
const I64_COMPARISONS = { first: 0x51, last: 0x5a }
/** Both operands, as i64 each. */
export const COMPARISON_BYTES = 16

/** Numbers for what is put into code; they go on from function to function. */
export interface ProbeNumbers {
  edges: number
  comparisons: number
  /** Called with the number of each edge. */
  onEdge(edge: number): void
}

export interface RewriteOptions {
  /** Address of the first edge's byte; null: no edges. */
  readonly edgeMap: number | null
  /** Index of the i64 global that counts instructions; null: none. */
  readonly fuelGlobal: number | null
  /** Loops end in a trap once more instructions than this were executed; null: they don't. */
  readonly fuelLimit: number | null
  /** Address of the first comparison's operands; null: they are not kept. */
  readonly comparisons: number | null
}

/** What an open block is, for the branches that leave it. */
interface Label {
  /** Values that a branch to it carries. */
  readonly arity: number
  /** An `if` without values whose `else` has not come. */
  isBareIf: boolean
  isTableTarget: boolean
}

/** The signature that a function or block has. */
export interface Arity {
  readonly params: number
  readonly results: number
}

/**
 * One function's body with probes in it, in one walk. Edges: its entry, both outcomes of each `if` and of each `br_if` that carries no
 * value (the fall-through alone where it does), and the ends of blocks that a `br_table` may go to; what unconditional branches do
 * follows from these.
 */
export class FunctionRewriter {
  readonly #out: CodeWriter
  readonly #body: WasmReader
  readonly #start: number
  readonly #options: RewriteOptions
  readonly #numbers: ProbeNumbers
  readonly #runs: readonly InstructionRun[]
  readonly #types: readonly Arity[]
  readonly #labels: Label[]
  #nextRun = 0
  #firstLocal: number

  constructor(
    body: WasmReader,
    signature: Arity,
    context: { types: readonly Arity[]; options: RewriteOptions; numbers: ProbeNumbers },
  ) {
    this.#body = body
    this.#start = body.offset
    this.#types = context.types
    this.#options = context.options
    this.#numbers = context.numbers
    this.#out = new CodeWriter(2 * (body.end - body.offset) + 64)
    this.#firstLocal = signature.params
    this.#labels = [{ arity: signature.results, isBareIf: false, isTableTarget: false }]
    const counted = context.options.fuelGlobal !== null
    const again = new WasmReader(body.bytes, body.offset, { end: body.end, section: body.section })
    this.#runs = counted ? runsOf(again) : []
  }

  /** The body without its size. */
  rewrite(): Uint8Array {
    this.#locals()
    this.#edge()
    this.#run()
    while (!this.#body.isAtEnd) this.#instruction()
    return this.#out.bytes()
  }

  #locals(): void {
    const body = this.#body
    const groups = body.count('groups of locals', 2)
    const first = body.offset
    for (let i = 0; i < groups; i++) {
      this.#firstLocal += body.u32('a number of locals')
      body.byte('the type of locals')
    }
    if (this.#options.comparisons === null) {
      this.#out.copy(body.bytes, this.#start, body.offset)
      return
    }
    this.#out.u32(groups + 2)
    this.#out.copy(body.bytes, first, body.offset)
    this.#out.copy(new Uint8Array([2, I32, 2, I64]))
  }

  #instruction(): void {
    const body = this.#body
    const start = body.offset
    const opcode = body.byte('an instruction')
    switch (opcode) {
      case OP.block:
      case OP.loop:
      case OP.if:
        this.#open(opcode, start)
        break
      case OP.else: {
        this.#out.byte(opcode)
        this.#top().isBareIf = false
        this.#edge()
        break
      }
      case OP.end:
        this.#close()
        break
      case OP.brIf:
        this.#branchIf(start)
        break
      case OP.brTable:
        this.#branchTable(start)
        break
      default:
        skipImmediates(body, opcode)
        if (this.#options.comparisons !== null) this.#comparison(opcode)
        this.#out.copy(body.bytes, start, body.offset)
    }
    this.#run()
    if (opcode === OP.loop) this.#limit()
  }

  #open(opcode: number, start: number): void {
    const body = this.#body
    const type = body.signed('a block type', 33)
    const isBare = body.bytes[body.offset - 1] === NO_TYPE
    this.#out.copy(body.bytes, start, body.offset)
    const arity = isBare ? { params: 0, results: 0 } : (this.#types[type] ?? { params: 0, results: 1 })
    this.#labels.push({
      arity: opcode === OP.loop ? arity.params : arity.results,
      isBareIf: opcode === OP.if && isBare,
      isTableTarget: false,
    })
    if (opcode === OP.if) this.#edge()
  }

  #close(): void {
    const label = this.#labels.pop()
    if (label?.isBareIf === true && this.#options.edgeMap !== null) {
      this.#out.byte(OP.else)
      this.#edge()
    } else if (label?.isBareIf === true) this.#numberEdge()
    this.#out.byte(OP.end)
    if (label?.isTableTarget === true && this.#labels.length > 0) this.#edge()
  }

  #branchIf(start: number): void {
    const body = this.#body
    const depth = body.u32('an index')
    const label = this.#labels[this.#labels.length - 1 - depth]
    if (label?.arity === 0 && this.#options.edgeMap !== null) {
      this.#out.copy(new Uint8Array([OP.if, NO_TYPE]))
      this.#edge()
      this.#out.byte(OP.br)
      this.#out.u32(depth + 1)
      this.#out.byte(OP.end)
    } else {
      if (label?.arity === 0) this.#numberEdge()
      this.#out.copy(body.bytes, start, body.offset)
    }
    this.#edge()
  }

  #branchTable(start: number): void {
    const body = this.#body
    for (let left = body.count('branch targets', 1) + 1; left > 0; left--) {
      const label = this.#labels[this.#labels.length - 1 - body.u32('a branch target')]
      if (label !== undefined) label.isTableTarget = true
    }
    this.#out.copy(body.bytes, start, body.offset)
  }

  /** Keeps both operands: they go through locals of their own and come back. */
  #comparison(opcode: number): void {
    const isI32 = opcode >= I32_COMPARISONS.first && opcode <= I32_COMPARISONS.last
    const isI64 = opcode >= I64_COMPARISONS.first && opcode <= I64_COMPARISONS.last
    if (!isI32 && !isI64) return
    const site = this.#numbers.comparisons++
    const at = (this.#options.comparisons ?? 0) + site * COMPARISON_BYTES
    const local = this.#firstLocal + (isI32 ? 0 : 2)
    const out = this.#out
    const local2 = local + 1
    for (const index of [local2, local]) {
      out.byte(OP.localSet)
      out.u32(index)
    }
    for (const [index, offset] of [
      [local, at],
      [local2, at + 8],
    ] as const) {
      out.copy(new Uint8Array([OP.i32Const, 0, OP.localGet]))
      out.u32(index)
      out.copy(new Uint8Array([isI32 ? OP.i32Store : OP.i64Store, 2]))
      out.u32(offset)
    }
    for (const index of [local, local2]) {
      out.byte(OP.localGet)
      out.u32(index)
    }
  }

  #edge(): void {
    const edge = this.#numberEdge()
    const { edgeMap } = this.#options
    if (edgeMap === null) return
    this.#out.copy(new Uint8Array([OP.i32Const, 0, OP.i32Const, 1, OP.i32Store8, 0]))
    this.#out.u32(edgeMap + edge)
  }

  #numberEdge(): number {
    const edge = this.#numbers.edges++
    this.#numbers.onEdge(edge)
    return edge
  }

  /** Pays for the run that begins here. */
  #run(): void {
    const run = this.#runs[this.#nextRun]
    const { fuelGlobal } = this.#options
    if (run?.offset !== this.#body.offset || fuelGlobal === null) return
    this.#nextRun++
    this.#out.copy(addition(fuelGlobal, run.instructions))
  }

  #limit(): void {
    const { fuelGlobal, fuelLimit } = this.#options
    if (fuelGlobal === null || fuelLimit === null) return
    const out = this.#out
    out.byte(OP.globalGet)
    out.u32(fuelGlobal)
    out.byte(OP.i64Const)
    out.signed(fuelLimit)
    out.copy(new Uint8Array([OP.i64GreaterUnsigned, OP.if, NO_TYPE, OP.unreachable, OP.end]))
  }

  #top(): Label {
    return this.#labels.at(-1) ?? { arity: 0, isBareIf: false, isTableTarget: false }
  }
}
