import type { Shape } from './layout.ts'

/** One weight of a neuron on another, and the bond that it holds there. */
export interface Cell {
  /** Any 16-bit number: the ABI promises neither that the neuron exists nor that it is named once. */
  readonly uid: number
  /** 0..65535. */
  readonly weight: number
  /** Parts of 65,535. */
  readonly bond: number
}

export interface Neuron {
  /** Any 64-bit number; the sum over all neurons may be larger. */
  readonly stake: bigint
  /** A byte; zero is inactive. */
  readonly active: number
  readonly row: readonly Cell[]
}

/** One epoch's inputs, free of any shape. */
export interface ConsensusInput {
  /** Share of the stake that has to give a weight for it to count; parts of 65,535. */
  readonly kappa: number
  /** Share of the new bond in the moving average; parts of 65,535. */
  readonly alpha: number
  /** Any 32-bit number. */
  readonly maxValidators: number
  /** Parts of 65,535. */
  readonly bondsPenalty: number
  readonly neurons: readonly Neuron[]
}

/** What a consensus function answers, one number for each neuron, and one bond for each cell of each row. */
export interface ConsensusOutput {
  readonly consensus: readonly number[]
  readonly incentive: readonly number[]
  readonly dividends: readonly number[]
  /** 0 or 1. */
  readonly permits: readonly number[]
  readonly bonds: readonly (readonly number[])[]
}

/** The smallest shape that holds the input. */
export function shapeOf(input: ConsensusInput): Shape {
  return {
    maxN: Math.max(1, input.neurons.length),
    cap: Math.max(1, ...input.neurons.map((neuron) => neuron.row.length)),
  }
}
