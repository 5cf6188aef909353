import type { Cell, ConsensusInput, Neuron } from '../abi/index.ts'

/** True when an input still shows the fault. */
export type StillFails = (input: ConsensusInput) => boolean

const U64_MASK = 2n ** 64n - 1n
const U16 = 65_535
/** What stands where a value does not matter. */
const PLAIN = { kappa: 32_767, alpha: 6553, bondsPenalty: U16 } as const

/**
 * The simplest input found that still fails: fewer neurons first, then fewer cells, then simpler numbers. Greedy, and the
 * same for the same input and judge.
 *
 * @param mostTries Questions to the judge.
 */
export function shrinkInput(
  input: ConsensusInput,
  stillFails: StillFails,
  mostTries: number,
): ConsensusInput {
  let best = input
  let tries = 0
  for (let simpler = true; simpler; ) {
    simpler = false
    for (const candidate of candidates(best)) {
      if (tries++ >= mostTries) return best
      if (!stillFails(candidate)) continue
      best = candidate
      simpler = true
      break
    }
  }
  return best
}

function* candidates(input: ConsensusInput): Generator<ConsensusInput> {
  for (let i = input.neurons.length - 1; i >= 0; i--) yield* withoutNeuron(input, i)
  for (let i = 0; i < input.neurons.length; i++) {
    yield* simplerRows(input, i)
    yield* simplerStakes(input, i)
    const neuron = input.neurons[i]
    if (neuron !== undefined && neuron.active !== 1) yield withNeuron(input, i, { ...neuron, active: 1 })
  }
  for (const [name, value] of Object.entries(PLAIN)) {
    const plain = { ...input, [name]: value }
    if (JSON.stringify([plain.kappa, plain.alpha, plain.bondsPenalty]) !== parameters(input)) yield plain
  }
  const n = Math.max(1, input.neurons.length)
  if (input.maxValidators !== n) yield { ...input, maxValidators: n }
}

const parameters = (input: ConsensusInput): string =>
  JSON.stringify([input.kappa, input.alpha, input.bondsPenalty])

/** Without neuron `i`: with the others' uids following or left, and with its stake lost or given to the neuron before. */
function* withoutNeuron(input: ConsensusInput, i: number): Generator<ConsensusInput> {
  const left = input.neurons.toSpliced(i, 1)
  const following = left.map((neuron) => ({
    ...neuron,
    row: neuron.row.flatMap((cell) => {
      if (cell.uid === i) return []
      return [cell.uid > i && cell.uid < input.neurons.length ? { ...cell, uid: cell.uid - 1 } : cell]
    }),
  }))
  const maxValidators = Math.min(input.maxValidators, Math.max(1, left.length))
  for (const neurons of [following, left]) {
    yield { ...input, maxValidators, neurons }
    yield { ...input, neurons }
    const heir = neurons[Math.max(0, i - 1)]
    const stake = input.neurons[i]?.stake ?? 0n
    if (heir === undefined || stake === 0n) continue
    const richer = { ...heir, stake: (heir.stake + stake) & U64_MASK }
    yield { ...input, neurons: neurons.with(Math.max(0, i - 1), richer) }
  }
}

function* simplerRows(input: ConsensusInput, i: number): Generator<ConsensusInput> {
  const neuron = input.neurons[i]
  if (neuron === undefined || neuron.row.length === 0) return
  const withRow = (row: readonly Cell[]) => withNeuron(input, i, { ...neuron, row })
  yield withRow([])
  for (let k = neuron.row.length - 1; k >= 0 && neuron.row.length > 1; k--)
    yield withRow(neuron.row.toSpliced(k, 1))
  for (const [k, cell] of neuron.row.entries()) {
    for (const simpler of simplerCells(cell, input.neurons.length)) yield withRow(neuron.row.with(k, simpler))
  }
}

function* simplerCells(cell: Cell, n: number): Generator<Cell> {
  if (cell.uid > n) {
    const past = cell.uid - n
    for (const less of new Set([past, past >> 1, past >> 2, past >> 4, past >> 8, 1])) {
      if (less > 0) yield { ...cell, uid: cell.uid - less }
    }
  }
  for (const weight of [0, 1]) if (cell.weight > weight) yield { ...cell, weight }
  if (cell.weight > 2) yield { ...cell, weight: cell.weight >> 1 }
  if (cell.bond > 0) yield { ...cell, bond: 0 }
}

/** Smaller stakes, alone and with the difference given to a neighbor, so that sums stay. */
function* simplerStakes(input: ConsensusInput, i: number): Generator<ConsensusInput> {
  const neuron = input.neurons[i]
  if (neuron === undefined) return
  const next = input.neurons[i + 1]
  for (const stake of [0n, 1n, neuron.stake >> 32n, neuron.stake >> 1n]) {
    if (stake >= neuron.stake) continue
    const smaller = withNeuron(input, i, { ...neuron, stake })
    yield smaller
    if (next === undefined || stake > 1n) continue
    yield withNeuron(smaller, i + 1, { ...next, stake: (next.stake + neuron.stake - stake) & U64_MASK })
  }
}

function withNeuron(input: ConsensusInput, i: number, neuron: Neuron): ConsensusInput {
  return { ...input, neurons: input.neurons.with(i, neuron) }
}
