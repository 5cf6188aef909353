/** A module as the prover reads it: integers only, no imports, blocks as flat instructions. */
export { type CallCycle, findRecursion } from './callGraph.ts'
export { type Concrete, compactBigint, MAX_EXACT } from './concrete.ts'
export { decodeProgram } from './decodeProgram.ts'
export { createNumericOps, type NumericName, type NumericOp } from './numericOps.ts'
export type {
  Access,
  DataSegment,
  FunctionType,
  Instruction,
  Program,
  ProgramFunction,
  ProgramGlobal,
  Width,
} from './program.ts'
