/** A consensus function as a file: the rules that it has to keep, and the meter that is built into it. */
export { type CheckedModule, checkModule, functionName, type ModuleProblem } from './checkModule.ts'
export { FUEL_GLOBAL, FUEL_LIMIT_GLOBAL, type MeteredModule, meterModule } from './meterModule.ts'
export type { ConsensusModule } from './readModule.ts'
