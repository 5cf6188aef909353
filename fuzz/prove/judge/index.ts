/** Judges a module: walks its shapes, asks a solver and a search about what is left, and words the verdict. */
export { grouped } from './claimsOf.ts'
export { judgeFamily } from './judgeFamily.ts'
export type {
  BrokenInput,
  Claim,
  ClaimName,
  FamilyProof,
  FittedLaw,
  ProofLimits,
  ProofResult,
  SiteDecision,
  SolvedQuery,
  VerdictWord,
} from './proofResult.ts'
export { type ProveOptions, proveModule } from './proveModule.ts'
export { everySmallShape, oneDenseShape, parseFamilies, type ShapeFamily } from './shapeFamilies.ts'
