/** Proofs about consensus functions of ABI 1, for all values of a shape: no trap, regions, instructions, pages (docs/prove.md). */
export {
  type Certificate,
  type CertificateCheck,
  certificateFromJson,
  certificateToJson,
  checkCertificate,
  renderProof,
} from './certificate/index.ts'
export { type ProofResult, type ProveOptions, parseFamilies, proveModule } from './judge/index.ts'
export { createExternalSolver, createZ3Solver, hasZ3, type Solver } from './solver/index.ts'
export { proveInThread } from './thread/proveInThread.ts'
