import type { ConsensusInput } from '../abi/index.ts'

const MASK = 2n ** 64n - 1n

/** What functions do to a stake before they add it up. */
const SUMMANDS: readonly ((stake: bigint) => bigint)[] = [
  (stake) => stake,
  (stake) => stake | 1n,
  (stake) => (stake + 1n) & MASK,
]
/** What the sum becomes: nothing, one, and the ends of the ranges of 64 and 63 bits. */
const TARGETS: readonly bigint[] = [0n, 1n, MASK, 2n ** 63n]

/** Ways in which `wrapStakes` makes a sum wrap. */
export const WRAP_WAYS = SUMMANDS.length * TARGETS.length

/**
 * The input with its stakes spread out, and the last chosen so that their sum wraps around 2^64 to a value where code
 * breaks: no search by chance finds it. Unchanged when there is no such stake.
 *
 * @param way 0 up to, without, `WRAP_WAYS`.
 */
export function wrapStakes(input: ConsensusInput, way: number): ConsensusInput {
  const summand = SUMMANDS[way % SUMMANDS.length]
  const target = TARGETS[Math.floor(way / SUMMANDS.length) % TARGETS.length]
  const last = input.neurons.at(-1)
  if (summand === undefined || target === undefined || last === undefined) return input
  const others = input.neurons.slice(0, -1).map((neuron) => {
    return neuron.stake === 0n ? { ...neuron, stake: 2n ** 50n } : neuron
  })
  const sum = others.reduce((total, { stake }) => total + summand(stake), 0n)
  const wanted = (target - sum) & MASK
  // Each way changes a stake by less than two, so that what is left of the sum is at most one off.
  const stake = [wanted, (wanted - 1n) & MASK].find((one) => summand(one) === wanted)
  return stake === undefined ? input : { ...input, neurons: [...others, { ...last, stake }] }
}
