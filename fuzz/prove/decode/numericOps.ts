/** What an integer instruction without immediates does, apart from its width. */
export type NumericName =
  | 'eqz'
  | 'eq'
  | 'ne'
  | 'lt_s'
  | 'lt_u'
  | 'gt_s'
  | 'gt_u'
  | 'le_s'
  | 'le_u'
  | 'ge_s'
  | 'ge_u'
  | 'clz'
  | 'ctz'
  | 'popcnt'
  | 'add'
  | 'sub'
  | 'mul'
  | 'div_s'
  | 'div_u'
  | 'rem_s'
  | 'rem_u'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr_s'
  | 'shr_u'
  | 'rotl'
  | 'rotr'
  | 'wrap'
  | 'extend_s'
  | 'extend_u'
  | 'extend8_s'
  | 'extend16_s'
  | 'extend32_s'

/** One integer instruction of WebAssembly. `operandWidth` and `resultWidth` are in bits. */
export interface NumericOp {
  readonly opcode: number
  readonly name: NumericName
  readonly operandWidth: 32 | 64
  readonly resultWidth: 32 | 64
  readonly operands: 1 | 2
  readonly isComparison: boolean
}

const COMPARISONS: readonly NumericName[] = [
  'eqz',
  'eq',
  'ne',
  'lt_s',
  'lt_u',
  'gt_s',
  'gt_u',
  'le_s',
  'le_u',
  'ge_s',
  'ge_u',
]
const COUNTS: readonly NumericName[] = ['clz', 'ctz', 'popcnt']
const BINARIES: readonly NumericName[] = [
  'add',
  'sub',
  'mul',
  'div_s',
  'div_u',
  'rem_s',
  'rem_u',
  'and',
  'or',
  'xor',
  'shl',
  'shr_s',
  'shr_u',
  'rotl',
  'rotr',
]

/**
 * All integer instructions that take operands and no immediate, by opcode.
 * @see https://www.w3.org/TR/wasm-core-1/#numeric-instructions
 */
export function createNumericOps(): ReadonlyMap<number, NumericOp> {
  const ops = new Map<number, NumericOp>()
  const add = (
    opcode: number,
    name: NumericName,
    widths: readonly [32 | 64, 32 | 64],
    shape: { readonly operands: 1 | 2; readonly isComparison?: boolean },
  ) => {
    const [operandWidth, resultWidth] = widths
    const isComparison = shape.isComparison ?? false
    ops.set(opcode, { opcode, name, operandWidth, resultWidth, operands: shape.operands, isComparison })
  }
  const widths: readonly (readonly [32 | 64, number, number])[] = [
    [32, 0x45, 0x67],
    [64, 0x50, 0x79],
  ]
  for (const [width, comparisons, arithmetic] of widths) {
    COMPARISONS.forEach((name, i) => {
      add(comparisons + i, name, [width, 32], { operands: name === 'eqz' ? 1 : 2, isComparison: true })
    })
    COUNTS.forEach((name, i) => {
      add(arithmetic + i, name, [width, width], { operands: 1 })
    })
    BINARIES.forEach((name, i) => {
      add(arithmetic + COUNTS.length + i, name, [width, width], { operands: 2 })
    })
  }
  add(0xa7, 'wrap', [64, 32], { operands: 1 })
  add(0xac, 'extend_s', [32, 64], { operands: 1 })
  add(0xad, 'extend_u', [32, 64], { operands: 1 })
  add(0xc0, 'extend8_s', [32, 32], { operands: 1 })
  add(0xc1, 'extend16_s', [32, 32], { operands: 1 })
  add(0xc2, 'extend8_s', [64, 64], { operands: 1 })
  add(0xc3, 'extend16_s', [64, 64], { operands: 1 })
  add(0xc4, 'extend32_s', [64, 64], { operands: 1 })
  return ops
}
