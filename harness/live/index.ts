/** Live chains that need not be believed: endpoints, proofs, the thread that fetches, witnesses. */
export type { BlockChoice } from './endpoints.ts'
export { type LiveState, type OpenLiveStateOptions, openLiveState } from './liveState.ts'
export { findNetwork, NETWORKS, type Network } from './networks.ts'
export { isWitnessFolder, readWitnesses, writeWitness } from './witness/index.ts'
