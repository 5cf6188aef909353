import fc from 'fast-check'
import type { Cell, ConsensusInput, Neuron } from '../abi/index.ts'
import { wrapStakes } from './wrapStakes.ts'

export interface ConsensusInputsOptions {
  readonly minN?: number
  /** Default 6: faults show in few neurons, and few are fast. */
  readonly maxN?: number
  /** Longest row; more than `maxN` is worth while. Default 8. */
  readonly maxRow?: number
  /** Only what a chain that works hands over: rows name neurons that exist, each once, and never oneself. Default false. */
  readonly wellFormed?: boolean
}

const U16 = 65_535
const U32 = 2 ** 32 - 1
const U64 = 2n ** 64n - 1n

/** A share, in parts of 65,535. */
const shares = fc.oneof(fc.constantFrom(0, 1, 6553, 32_767, U16 - 1, U16), fc.integer({ min: 0, max: U16 }))

const stakes = fc.oneof(
  fc.constantFrom(0n, 1n, U64, 2n ** 63n, 2n ** 32n, 1_000_000_000n),
  fc.bigInt({ min: 0n, max: 2n ** 50n }),
  fc.bigInt({ min: 0n, max: U64 }),
)

/** Inputs of all the kinds that a consensus function has to take: see `ConsensusInputsOptions`. */
export function consensusInputs(options: ConsensusInputsOptions = {}): fc.Arbitrary<ConsensusInput> {
  const { minN = 0, maxN = 6, maxRow = 8, wellFormed = false } = options
  return fc.integer({ min: minN, max: maxN }).chain((n) =>
    fc
      .record({
        kappa: shares,
        alpha: shares,
        maxValidators: fc.oneof(fc.constantFrom(0, 1, n, U32), fc.integer({ min: 0, max: n + 1 })),
        bondsPenalty: shares,
        neurons: neurons(n, wellFormed ? (i) => wellFormedRow(n, i) : () => anyRow(n, maxRow)),
        wrap: fc.oneof({ arbitrary: fc.constant(null), weight: 7 }, fc.nat({ max: 11 })),
      })
      .map(({ wrap, ...input }) => (wrap === null ? input : wrapStakes(input, wrap))),
  )
}

function neurons(
  n: number,
  rowOf: (i: number) => fc.Arbitrary<readonly Cell[]>,
): fc.Arbitrary<readonly Neuron[]> {
  const each = (stake: fc.Arbitrary<bigint>) =>
    fc.tuple(
      ...Array.from({ length: n }, (_, i) =>
        fc.record({ stake, active: fc.constantFrom(1, 1, 1, 0, 255), row: rowOf(i) }),
      ),
    )
  return fc.oneof(
    { arbitrary: each(stakes), weight: 5 },
    { arbitrary: each(fc.constant(0n)), weight: 1 },
    { arbitrary: each(fc.constant(U64)), weight: 1 },
    { arbitrary: each(fc.constant(1_000_000_000n)), weight: 1 },
  )
}

function anyRow(n: number, maxRow: number): fc.Arbitrary<readonly Cell[]> {
  const most = Math.max(0, n - 1)
  const uids = fc.oneof(
    { arbitrary: fc.nat({ max: most }), weight: 8 },
    { arbitrary: fc.constantFrom(n, n + 1, 2 * n, 256, U16), weight: 1 },
    { arbitrary: fc.nat({ max: U16 }), weight: 1 },
  )
  return fc.oneof(
    { arbitrary: fc.constant([]), weight: 1 },
    { arbitrary: fullRow(n), weight: 3 },
    { arbitrary: fc.array(cell(fc.nat({ max: most })), { maxLength: maxRow }), weight: n === 0 ? 0 : 3 },
    { arbitrary: fc.array(cell(uids), { maxLength: maxRow }), weight: 2 },
  )
}

/** One cell for each neuron, in order. */
function fullRow(n: number): fc.Arbitrary<readonly Cell[]> {
  return fc.tuple(...Array.from({ length: n }, (_, uid) => cell(fc.constant(uid))))
}

function wellFormedRow(n: number, i: number): fc.Arbitrary<readonly Cell[]> {
  const others = Array.from({ length: n }, (_, uid) => uid).filter((uid) => uid !== i)
  return fc.subarray(others).chain((uids) => fc.tuple(...uids.map((uid) => cell(fc.constant(uid)))))
}

function cell(uid: fc.Arbitrary<number>): fc.Arbitrary<Cell> {
  return fc.record({ uid, weight: shares, bond: shares })
}
