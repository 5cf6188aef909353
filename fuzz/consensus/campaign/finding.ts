import type { ConsensusInput, Shape } from '../abi/index.ts'

/** A property that the function breaks, with the smallest input found that shows it. */
export interface ConsensusFinding {
  /** Id of the property, or `memoryLimit`. */
  readonly property: string
  readonly title: string
  /** One sentence with the values, for `input`. */
  readonly message: string
  readonly site: string
  /** Neurons of the smallest input found; the same as `input.neurons.length`. */
  readonly n: number
  readonly input: ConsensusInput
  readonly shape: Shape
  /** Instructions that the run could take. */
  readonly fuelLimit: number
  /** How two runs were compared; see `Subject`. */
  readonly variation: number
  /** Executions of the campaign until the fault was first seen. */
  readonly foundAfter: number
  /** Executions spent on making it small. */
  readonly shrunkWith: number
}
