import type { NumericOp } from '../decode/index.ts'
import { isTerm, mostOf, TERM_KIND, type Term, type Value } from '../terms/index.ts'

/**
 * How products and quotients of unknowns are written. `free`: as new unknowns within their bounds, which leaves out what
 * relates them to their operands: "unsat" still holds, "sat" is a candidate only. `exact`: as they are.
 */
export type Encoding = 'free' | 'exact'

export interface SmtText {
  /** SMT-LIB 2, logic QF_BV, up to the last assertion. */
  readonly text: string
  readonly assertions: number
  /** Names of the unknowns that occur. */
  readonly names: ReadonlyMap<Term, string>
}

/**
 * Writes that any of the goals can be true. Bounds of unknowns are asserted; bounds that were learned on a path constrain
 * only the new unknowns that stand for a product or quotient there, and never relate two terms: on other paths both could not
 * hold, and the solver would answer "unsat" for nothing.
 */
export function writeSmt(
  goals: readonly Value[],
  ops: ReadonlyMap<number, NumericOp>,
  encoding: Encoding,
): SmtText {
  const writer = new SmtWriter(ops, encoding)
  const written = goals.map((goal) => writer.condition(goal))
  const asserted = [...writer.assertions, `(or false ${written.join(' ')})`]
  const text = ['(set-logic QF_BV)', ...writer.definitions, ...asserted.map((one) => `(assert ${one})`)].join(
    '\n',
  )
  return { text, assertions: asserted.length, names: writer.unknowns }
}

const NONLINEAR: ReadonlySet<string> = new Set(['mul', 'div_u', 'div_s', 'rem_u', 'rem_s'])
/** Written as new unknowns in both encodings: their definition is long, and nobody asks about them. */
const OPAQUE: ReadonlySet<string> = new Set(['popcnt', 'ctz'])

class SmtWriter {
  readonly definitions: string[] = []
  readonly assertions: string[] = []
  readonly unknowns = new Map<Term, string>()
  readonly #names = new Map<Term, string>()
  readonly #ops: ReadonlyMap<number, NumericOp>
  readonly #encoding: Encoding

  constructor(ops: ReadonlyMap<number, NumericOp>, encoding: Encoding) {
    this.#ops = ops
    this.#encoding = encoding
  }

  /** A Boolean that is true when the i32 value is not zero. */
  condition(value: Value): string {
    if (!isTerm(value)) return Number(value) !== 0 ? 'true' : 'false'
    return `(distinct ${this.#name(value)} ${literal(0n, value.width)})`
  }

  /** The name of a term, after everything that it is made of was defined. Without recursion: terms are deep. */
  #name(root: Term): string {
    const stack = [root]
    for (let term = stack.at(-1); term !== undefined; term = stack.at(-1)) {
      if (this.#names.has(term)) {
        stack.pop()
        continue
      }
      const missing = operandsOf(term).filter((operand) => !this.#names.has(operand))
      if (missing.length > 0 && !this.#isFree(term)) stack.push(...missing)
      else {
        stack.pop()
        this.#define(term)
      }
    }
    return this.#names.get(root) ?? ''
  }

  #isFree(term: Term): boolean {
    const op = this.#ops.get(term.op)
    if (op === undefined) return term.op !== TERM_KIND.choice
    if (OPAQUE.has(op.name)) return true
    if (this.#encoding === 'exact' || !NONLINEAR.has(op.name)) return false
    return op.name !== 'mul' || (isTerm(term.a) && isTerm(term.b))
  }

  #define(term: Term): void {
    const name = `t${this.#names.size}`
    this.#names.set(term, name)
    const sort = `(_ BitVec ${term.width})`
    if (this.#isFree(term)) {
      this.definitions.push(`(declare-const ${name} ${sort})`)
      this.#assertBounds(term, name)
      this.unknowns.set(term, name)
      return
    }
    this.definitions.push(`(define-fun ${name} () ${sort} ${this.#body(term)})`)
  }

  #assertBounds(term: Term, name: string): void {
    const most = mostOf(term.width)
    if (term.low > 0) this.assertions.push(`(bvuge ${name} ${literal(BigInt(term.low), term.width)})`)
    if (term.high < most) this.assertions.push(`(bvule ${name} ${literal(BigInt(term.high), term.width)})`)
  }

  #operand(value: Value | null, width: number): string {
    return isTerm(value) ? (this.#names.get(value) ?? '') : literal(BigInt(value ?? 0), width)
  }

  #body(term: Term): string {
    if (term.op === TERM_KIND.choice) {
      const condition = this.condition(term.c ?? 0)
      return `(ite ${condition} ${this.#operand(term.a, term.width)} ${this.#operand(term.b, term.width)})`
    }
    // SAFETY: a term that is not free has the opcode of an instruction.
    const op = this.#ops.get(term.op) as NumericOp
    const a = this.#operand(term.a, op.operandWidth)
    const b = this.#operand(term.b, op.operandWidth)
    if (op.isComparison) return `(ite ${comparison(op, a, b)} ${literal(1n, 32)} ${literal(0n, 32)})`
    return expression(op, a, term.b, b)
  }
}

function operandsOf(term: Term): readonly Term[] {
  return [term.a, term.b, term.c].filter(isTerm)
}

function literal(value: bigint, width: number): string {
  return `(_ bv${value} ${width})`
}

const COMPARISONS: Readonly<Record<string, string>> = {
  eq: '=',
  ne: 'distinct',
  lt_u: 'bvult',
  gt_u: 'bvugt',
  le_u: 'bvule',
  ge_u: 'bvuge',
  lt_s: 'bvslt',
  gt_s: 'bvsgt',
  le_s: 'bvsle',
  ge_s: 'bvsge',
}
const BINARIES: Readonly<Record<string, string>> = {
  add: 'bvadd',
  sub: 'bvsub',
  mul: 'bvmul',
  div_u: 'bvudiv',
  div_s: 'bvsdiv',
  rem_u: 'bvurem',
  rem_s: 'bvsrem',
  and: 'bvand',
  or: 'bvor',
  xor: 'bvxor',
}
const SHIFTS: Readonly<Record<string, string>> = { shl: 'bvshl', shr_u: 'bvlshr', shr_s: 'bvashr' }
const SIGN_EXTENSIONS: Readonly<Record<string, number>> = { extend8_s: 8, extend16_s: 16, extend32_s: 32 }

function comparison(op: NumericOp, a: string, b: string): string {
  return op.name === 'eqz'
    ? `(= ${a} ${literal(0n, op.operandWidth)})`
    : `(${COMPARISONS[op.name]} ${a} ${b})`
}

function expression(op: NumericOp, a: string, amount: Value | null, b: string): string {
  const width = op.operandWidth
  const binary = BINARIES[op.name]
  if (binary !== undefined) return `(${binary} ${a} ${b})`
  const masked = `(bvand ${b} ${literal(BigInt(width - 1), width)})`
  const shift = SHIFTS[op.name]
  if (shift !== undefined) return `(${shift} ${a} ${masked})`
  const from = SIGN_EXTENSIONS[op.name]
  if (from !== undefined) return `((_ sign_extend ${width - from}) ((_ extract ${from - 1} 0) ${a}))`
  switch (op.name) {
    case 'wrap':
      return `((_ extract 31 0) ${a})`
    case 'extend_u':
      return `((_ zero_extend 32) ${a})`
    case 'extend_s':
      return `((_ sign_extend 32) ${a})`
    case 'rotl':
    case 'rotr':
      return rotation(op, a, amount, masked)
    default:
      return leadingZeros(a, width)
  }
}

function rotation(op: NumericOp, a: string, amount: Value | null, masked: string): string {
  const width = op.operandWidth
  const way = op.name === 'rotl' ? 'left' : 'right'
  if (!isTerm(amount)) return `((_ rotate_${way} ${BigInt(amount ?? 0) % BigInt(width)}) ${a})`
  const [near, far] = way === 'left' ? ['bvshl', 'bvlshr'] : ['bvlshr', 'bvshl']
  // A shift by the whole width gives zero, as it has to when the amount is 0.
  return `(bvor (${near} ${a} ${masked}) (${far} ${a} (bvsub ${literal(BigInt(width), width)} ${masked})))`
}

function leadingZeros(a: string, width: number): string {
  let text = literal(BigInt(width), width)
  for (let bit = 0; bit < width; bit++) {
    text = `(ite (= ((_ extract ${bit} ${bit}) ${a}) #b1) ${literal(BigInt(width - 1 - bit), width)} ${text})`
  }
  return text
}
