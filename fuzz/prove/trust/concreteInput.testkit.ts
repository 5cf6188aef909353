import { type ConsensusInput, fillBytes } from '../../consensus/abi/index.ts'
import { BlockImage } from '../../consensus/machine/blockImage.ts'
import { type LayOut, type ProofShape, regionsOf } from '../shapes/index.ts'

const PAGE_BYTES = 65_536

/** The shape that an input has, in room for `maxN` x `cap`. */
export function shapeOfInput(
  input: ConsensusInput,
  { maxN, cap }: { maxN: number; cap: number },
): ProofShape {
  return { maxN, cap, n: input.neurons.length, lengths: input.neurons.map(({ row }) => row.length) }
}

/** Puts one input into memory as the host does, every byte of a region concrete; `seed` gives what the ABI leaves open. */
export function concreteInput(input: ConsensusInput, seed: number): LayOut {
  return (_, state, { base, ownsHeap, layout, shape }) => {
    const image = new BlockImage({ maxN: shape.maxN, cap: shape.cap }, layout.gapBytes, seed)
    image.encode(input)
    for (const [start, bytes] of [
      [layout.input, layout.inputLayout.sizeBytes],
      [layout.output, layout.outputLayout.sizeBytes],
      [layout.scratch, layout.scratchBytes],
    ] as const) {
      for (let i = start; i < start + bytes; i++) state.memory.write(base + i, 1, image.bytes[i] ?? 0)
    }
    const end = base + layout.sizeBytes
    const above = new Uint8Array(ownsHeap ? state.pages * PAGE_BYTES - end : 0)
    fillBytes(above, seed)
    for (const [i, byte] of above.entries()) state.memory.write(end + i, 1, byte)
    state.regions = regionsOf({ base, ownsHeap, layout, pages: state.pages })
    state.cost = 0
    const operands = [base + layout.input, base + layout.output, base + layout.scratch]
    return { state, operands, unknowns: [] }
  }
}
