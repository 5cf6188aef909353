/** ABI 1 of consensus functions: shapes and offsets, inputs and outputs (docs/consensus-abi.md). */
export { decodeOutput, encodeInput } from './codec.ts'
export {
  type Cell,
  type ConsensusInput,
  type ConsensusOutput,
  type Neuron,
  shapeOf,
} from './consensusInput.ts'
export { fillBytes } from './fillBytes.ts'
export {
  ABI_VERSION,
  assertShape,
  type BlockLayout,
  blockLayout,
  DEFAULT_GAP_BYTES,
  HEADER,
  type InputLayout,
  inputLayout,
  type OutputLayout,
  outputLayout,
  type Shape,
  scratchBytes,
} from './layout.ts'
