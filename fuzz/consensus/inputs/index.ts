/** Inputs for consensus functions: arbitrary ones, small changes, and the cases that specifications forget. */
export { type ConsensusInputsOptions, consensusInputs } from './consensusInputs.ts'
export { type MutateOptions, mutateInput } from './mutateInput.ts'
export { regularInput, seedInputs } from './seedInputs.ts'
