/** Solvers for what bounds leave open: the text, and whoever answers it within a deadline. */
export { createExternalSolver } from './externalSolver.ts'
export { parseAnswer, withCommands } from './parseAnswer.ts'
export { type Encoding, type SmtText, writeSmt } from './smtText.ts'
export type { Solver, SolverAnswer, SolverQuery } from './solver.ts'
export { createZ3Solver, hasZ3 } from './z3Solver.ts'
